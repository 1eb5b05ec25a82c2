# SPDX-License-Identifier: Apache-2.0
# Each source says its licence in one of its first three lines, and says it once.
status=0
while IFS= read -r -d '' file; do
  if [[ "$(head -n 3 "$file" | grep -c 'SPDX-License-Identifier: Apache-2\.0$')" != 1 ]]; then
    echo "$file:1: no line 'SPDX-License-Identifier: Apache-2.0'"
    status=1
  fi
done < <(git ls-files -z --cached --others --exclude-standard -- \
  '*.cc' '*.h' '*.py' '*.sh' '*.cmake' '*CMakeLists.txt' scripts/* .ci/run ':!scripts/*.txt' ':!scripts/*.json')
exit "$status"
