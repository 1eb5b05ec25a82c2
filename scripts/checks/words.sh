# SPDX-License-Identifier: Apache-2.0
# No text of the project holds a path of one machine, an e-mail address, the host of a package registry or a note of
# work left undone.
hosts='pypi|pythonhosted|crates|npmjs|golang|maven|debian|anaconda'
patterns=(
  '(^|[^A-Za-z0-9_.~-])/(work|root|farm|home)/'
  '[A-Za-z0-9._%+-]+@[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)*\.[A-Za-z]{2,}'
  "([a-z0-9-]+\.)*($hosts)\.(org|io|com|net)"
  '\b(TO''DO|FIX''ME|X''XX)\b'
  '[Nn]ot (yet )?impleme''nted|will be impleme''nted'
)
status=0
for pattern in "${patterns[@]}"; do
  hits="$(git ls-files -z --cached --others --exclude-standard -- . ':!testing/data' ':!LICENSE' ':!scripts/checks/words.sh' |
    xargs -0 grep -InHE -e "$pattern")"
  if [[ -n "$hits" ]]; then echo "$hits" && status=1; fi
done
exit "$status"
