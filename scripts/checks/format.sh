# SPDX-License-Identifier: Apache-2.0
# Every C++ source is in the format of .clang-format; `scripts/format` puts it right.
git ls-files -z --cached --others --exclude-standard -- '*.cc' '*.h' |
  xargs -0 -r clang-format-19 --dry-run -Werror --ferror-limit=1
