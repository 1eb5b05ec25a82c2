# SPDX-License-Identifier: Apache-2.0
# clang-tidy finds nothing (.clang-tidy: names, likely bugs, waste) in the sources that differ from origin/main, or
# from the commit before where they are equal (always in CI, whose time is short); in all of them with `scripts/lint --all`.
database=""
for candidate in build/dev build/release; do
  if [[ -f "$candidate/compile_commands.json" ]]; then database="$candidate" && break; fi
done
if [[ -z "$database" ]]; then
  echo "note: no configured build: clang-tidy was not run (scripts/build configures one)"
  [[ -z "${CI:-}" ]]
  exit
fi
if [[ "${DHS_LINT_ALL:-0}" == 1 ]]; then
  files="$(git ls-files --cached --others --exclude-standard -- '*.cc')"
else
  base="$(git merge-base HEAD origin/main 2>/dev/null || true)"
  if [[ -n "${CI:-}" || -z "$base" || "$base" == "$(git rev-parse HEAD)" ]]; then base="$(git rev-parse -q --verify HEAD~1 || git rev-parse HEAD)"; fi
  files="$({ git diff --name-only --diff-filter=d "$base" -- '*.cc'; git ls-files --others --exclude-standard -- '*.cc'; } | sort -u)"
fi
# Sources that are no part of this build (fuzzers, say) have no command to look at them by.
known="$(sed -n 's/^ *"file": "\(.*\)",*$/\1/p' "$database/compile_commands.json")"
mapfile -t files < <(while read -r file; do grep -qxF "$PWD/$file" <<<"$known" && echo "$file"; done <<<"$files")
[[ ${#files[@]} == 0 ]] && exit 0
printf '%s\0' "${files[@]}" | xargs -0 -n 1 -P "$(nproc)" clang-tidy-19 --quiet --extra-arg=-w -p "$database" --warnings-as-errors='*' 2> >(grep -vE '^[0-9]+ warnings|^Suppressed|^Use -' >&2)
