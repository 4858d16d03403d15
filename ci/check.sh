#!/usr/bin/env bash
# What action.yml runs: `duban check` with its settings from DUBAN_… variables. Exits as it does.
set -euo pipefail

options=()
add() { if [ -n "${2:-}" ]; then options+=("$1" "$2"); fi; }
lines() { # the lines of a text, without blank ones, as a list
  found=()
  while IFS= read -r line; do
    line="${line#"${line%%[![:space:]]*}"}"
    line="${line%"${line##*[![:space:]]}"}"
    if [ -n "$line" ]; then found+=("$line"); fi
  done <<< "$1"
}

add --rules "${DUBAN_RULES:-}"
add --as "${DUBAN_SENDER:-}"
add --period "${DUBAN_PERIOD:-}"
add --fail-on "${DUBAN_FAIL_ON:-}"
add --baseline "${DUBAN_BASELINE:-}"
lines "${DUBAN_WITH:-}"
for path in ${found[@]+"${found[@]}"}; do add --with "$path"; done
lines "${DUBAN_FILES:?the files to check}"
options+=(-- "${found[@]}")

if [ -n "${DUBAN_SARIF:-}" ]; then
  duban check --format sarif --out "$DUBAN_SARIF" --force "${options[@]}" || [ $? -le 2 ]
fi
exec duban check --format "${DUBAN_FORMAT:-github}" "${options[@]}"
