# SPDX-License-Identifier: Apache-2.0
# docs/options.md and docs/columns.md are what the built program prints. `scripts/docs` makes them again.
dhs=""
for candidate in build/release/dhs build/dev/dhs; do
  if [[ -x "$candidate" ]]; then dhs="$candidate" && break; fi
done
if [[ -z "$dhs" ]]; then
  echo "note: no built dhs: docs/options.md and docs/columns.md were not compared (scripts/build makes one)"
  [[ -z "${CI:-}" ]]
  exit
fi
status=0
for page in options columns; do
  if ! diff -u "docs/$page.md" <("$dhs" reference "$page"); then
    echo "docs/$page.md:1: differs from '$dhs reference $page': run scripts/docs"
    status=1
  fi
done
exit "$status"
