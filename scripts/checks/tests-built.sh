# SPDX-License-Identifier: Apache-2.0
# No test is forgotten: each *_test.cc, *_fuzzer.cc, *_test.py and test_*.py lies in a folder whose CMakeLists.txt takes
# it (by name, by a glob, through dhs_module, or as pytest over the folder), and that folder is reached from the top by
# add_subdirectory.
status=0

reached() {
  local folder="$1" parent name
  [[ "$folder" == . ]] && return 0
  parent="$(dirname "$folder")" name="$(basename "$folder")"
  if [[ "$parent" == src ]]; then
    tr '\n' ' ' <src/CMakeLists.txt | grep -qE "set\(modules [^)]*\b$name\b"
  else
    grep -qsE "add_subdirectory\($name\)" "$parent/CMakeLists.txt"
  fi && reached "$parent"
}

taken() {
  local list name extension
  list="$(dirname "$1")/CMakeLists.txt" name="$(basename "$1")" extension="${1##*.}"
  [[ -f "$list" ]] && grep -qE "^dhs_module\(|-m pytest .*CMAKE_CURRENT_SOURCE_DIR}\"\)|GLOB.*\*[a-z_]*\.$extension|(^|[ /(])$name|(^|[ /(])${name%.*}[ )]" "$list"
}

while IFS= read -r -d '' file; do
  if ! taken "$file"; then
    echo "$file:1: no CMakeLists.txt beside it takes this test"
    status=1
  elif ! reached "$(dirname "$file")"; then
    echo "$file:1: its folder is not reached by add_subdirectory"
    status=1
  fi
done < <(git ls-files -z --cached --others --exclude-standard -- '*_test.cc' '*_fuzzer.cc' '*_test.py' '*test_*.py')
exit "$status"
