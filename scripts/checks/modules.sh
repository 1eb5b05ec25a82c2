# SPDX-License-Identifier: Apache-2.0
# A module includes itself, include/dhs and the modules that its CMakeLists.txt names (or that those name in turn);
# it names only modules that come before it in src/CMakeLists.txt. Three rooms are narrower: sky and photometry see no
# files (nothing of io), and cli sees no stage: only pipeline, map, mirror and mock, what a run lends to them (stage, base) and
# the column dictionary (catalog).
mapfile -d '' files < <(git ls-files -z --cached --others --exclude-standard -- 'src/*.cc' 'src/*.h' 'include/*.h')
sed -e ':join' -e '/(\([^)]*\)$/{N;s/\n/ /;bjoin' -e '}' src/CMakeLists.txt src/*/CMakeLists.txt |
  sed -nE -e 's/^set\(modules (.*)\)/order \1/p' -e 's/^dhs_module\(([a-z]+)(.*)\)/module \1 \2/p' |
  awk '
    FILENAME == "-" && $1 == "order" { for (i = 2; i <= NF; ++i) rank[$i] = i; next }
    FILENAME == "-" && $1 == "module" {
      on = 0
      for (i = 3; i <= NF; ++i) {
        if ($i == "DEPENDS") on = 1
        else if ($i == "LIBRARIES") on = 0
        else if (on) {
          sees[$2, $i] = 1
          if (!($i in rank) || rank[$i] >= rank[$2]) bad("src/" $2 "/CMakeLists.txt:1: " $2 " may not depend on " $i ": it does not come before it in src/CMakeLists.txt")
        }
      }
      next
    }
    !closed {
      closed = 1
      for (changed = 1; changed;) {
        changed = 0
        for (a in rank) for (b in rank) if (sees[a, b]) for (c in rank)
          if (sees[b, c] && !sees[a, c]) sees[a, c] = changed = 1
      }
      narrow["sky"] = narrow["photometry"] = " base "
      narrow["cli"] = " base stage catalog map mirror mock pipeline "
    }
    FNR == 1 { split(FILENAME, part, "/"); module = part[1] == "src" ? part[2] : "include/dhs" }
    /^[ \t]*#[ \t]*include[ \t]*"/ {
      split($0, quoted, "\"")
      target = quoted[2]
      sub(/\/.*/, "", target)
      where = FILENAME ":" FNR ": "
      if (target == "dhs" || (target == module && index(quoted[2], "/"))) next
      if (target == "testing") { if (FILENAME !~ /_test\.cc$/) bad(where "only tests include testing/"); next }
      if (!(target in rank)) bad(where "\"" quoted[2] "\" names no module: write \"module/file.h\"")
      else if (module == "include/dhs") bad(where "the public headers include no module (" target ")")
      else if (!sees[module, target]) bad(where module " may not include " target)
      else if (module in narrow && !index(narrow[module], " " target " ")) bad(where module " may include only" narrow[module] "and include/dhs, not " target)
    }
    function bad(text) { print text; ++num_bad }
    END { exit num_bad > 0 }
  ' - "${files[@]}"
