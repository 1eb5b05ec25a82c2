# SPDX-License-Identifier: Apache-2.0
# A header has at most 250 lines and a source at most 600; one that is longer for a good reason stands, with the
# reason, in scripts/checks/size-exceptions.txt (path, reason).
status=0
while IFS= read -r -d '' file; do
  limit=600
  if [[ "$file" == *.h ]]; then limit=250; fi
  lines="$(wc -l <"$file")"
  if ((lines > limit)) && ! grep -q "^$file [^ ]" scripts/checks/size-exceptions.txt; then
    echo "$file:$limit: $lines lines, more than $limit: does it hold more than one concept?"
    status=1
  fi
done < <(git ls-files -z --cached --others --exclude-standard -- '*.cc' '*.h' '*.py')
exit "$status"
