# SPDX-License-Identifier: Apache-2.0
# Every shell script passes shellcheck, and every script of scripts/ answers --help with its own name first.
# shellcheck disable=SC2044
status=0
mapfile -d '' files < <(git ls-files -z --cached --others --exclude-standard | xargs -0 grep -lZE -m1 '^#!.*\bbash|^# shellcheck shell=bash')
shellcheck -x -P SCRIPTDIR "${files[@]}" || status=1
mapfile -d '' checks < <(git ls-files -z --cached --others --exclude-standard -- 'scripts/checks/*.sh')
shellcheck -s bash "${checks[@]}" || status=1
for file in scripts/*; do
  if [[ -f "$file" && -x "$file" && "$(bash "$file" --help 2>&1 | head -n 1)" != "$file"* ]]; then
    echo "$file:1: --help does not begin with '$file'"
    status=1
  fi
done
exit "$status"
