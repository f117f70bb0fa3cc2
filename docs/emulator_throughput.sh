#!/bin/sh
# Measures how many requests per second the emulator answers, with wrk, and prints the rows of performance.md.
#
# Usage: docs/emulator_throughput.sh [PROGRAM], after `cargo build --profile dist -p citrix-cloud-emulator`. Each row is the
# median of five runs of three seconds, with 16 connections.
set -eu
program=${1:-target/dist/citrix-cloud-emulator}
folder=$(mktemp -d)
RUST_LOG=off "$program" serve --machines 10000 >"$folder/ready" &
emulator=$!
trap 'kill $emulator; wait $emulator 2>/dev/null || true; rm -r "$folder"' EXIT
while ! [ -s "$folder/ready" ]; do sleep 0.1; done
member() { sed "s/.*\"$1\":\"\([^\"]*\)\".*/\1/" "$folder/ready"; }
url=$(member url)

# The token is in a file for wrk, not among its arguments.
umask 077
cat >"$folder/call.lua" <<LUA
wrk.headers["Accept"] = "application/json"
wrk.headers["Citrix-CustomerId"] = "$(member customerId)"
wrk.headers["Citrix-InstanceId"] = "$(member siteId)"
wrk.headers["Authorization"] = "CwsAuth Bearer=$(
    printf 'grant_type=client_credentials&client_id=%s&client_secret=%s' "$(member clientId)" "$(member clientSecret)" |
        curl -sS --data-binary @- "$url/cctrustoauth2/root/tokens/clients" |
        tr -d '\n' | sed 's/.*"access_token": *"\([^"]*\)".*/\1/'
)"
LUA
cp "$folder/call.lua" "$folder/reboot.lua"
cat >>"$folder/reboot.lua" <<'LUA'
wrk.headers["Content-Type"] = "application/json"
request = function()
    local path = "/cvad/manage/Machines/" .. math.random(10000) .. "/$reboot?detailResponseRequired=false"
    -- Without a body, wrk sends no length.
    return wrk.format("POST", path, nil, "{}")
end
LUA

row() {
    : >"$folder/rates"
    for _ in 1 2 3 4 5; do
        wrk -t1 -c16 -d3s -s "$folder/$2.lua" "$url$3" >"$folder/out"
        if grep -E 'Non-2xx|Socket errors' "$folder/out" >&2; then exit 1; fi
        awk '/Requests.sec/ { printf "%.0f\n", $2 }' "$folder/out" >>"$folder/rates"
    done
    echo "| $1 | $(sort -n "$folder/rates" | sed -n 3p) |"
}
row "page of 250 machines" call "/cvad/manage/Machines?limit=250"
row "page of 250 with \`fields=Id,SessionCount\`" call "/cvad/manage/Machines?limit=250&fields=Id,SessionCount"
row "one machine" call "/cvad/manage/Machines/17"
row "reboot of a machine" reboot "/"
