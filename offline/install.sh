#!/bin/sh
# 离线安装 duban：sh install.sh [安装目录]　默认装到 ~/duban。需要 Python @PYTHON@（@MACHINE@），不需要网络。
set -eu
here=$(cd "$(dirname "$0")" && pwd)
target=${1:-"$HOME/duban"}

fail() { echo "没有安装：$1" >&2; exit 2; }

[ "$(uname -m)" = "@MACHINE@" ] || fail "这是 @MACHINE@ 的安装包，本机是 $(uname -m)。"

python=
for name in python@PYTHON@ python3 python; do
    if "$name" -c 'import sys, venv; sys.exit("%d.%d" % sys.version_info[:2] != "@PYTHON@")' >/dev/null 2>&1; then
        python=$name
        break
    fi
done
[ -n "$python" ] || fail "找不到 Python @PYTHON@（或缺 venv 模块）。请先安装 Python @PYTHON@，再运行本脚本。"

cd "$here"
if command -v sha256sum >/dev/null 2>&1; then
    sha256sum --quiet -c SHA256SUMS || fail "安装包不完整或被改动过，请重新拷贝。"
else
    echo "（没有 sha256sum，未核对安装包是否完整）"
fi

# 出错则原来的版本照旧：先挪开，装好了才删。
old="$target.old"
rm -rf "$old"
[ ! -e "$target" ] || mv "$target" "$old"
give_back() {
    rm -rf "$target"
    [ ! -e "$old" ] || mv "$old" "$target"
    fail "安装出错（原因见上），原来的版本未改动。"
}
"$python" -m venv --without-pip "$target" || give_back
"$target/bin/python" "$(echo "$here"/wheels/pip-*.whl)/pip" install --quiet --no-index --no-cache-dir \
    --find-links "$here/wheels" duban || give_back
version=$("$target/bin/duban" --version) || give_back
rm -rf "$old"

echo "已安装 duban $version 到 $target"
echo "运行：$target/bin/duban --help"
