#!/usr/bin/env bash
# Does what the official Go SDK does when it goes past the gateway: /me and /Sites first, then customer and site in
# the path, `CWSAuth bearer=`, jobs by the last segment of their Location, and `Bearer` inside of a batch.
set -euo pipefail

host="https://$CUSTOMER_ID.xendesktop.net"
api="$host/citrix/orchestration/api"

token=$(curl -sS --fail-with-body "https://api.cloud.com/cctrustoauth2/$CUSTOMER_ID/tokens/clients" \
    -d "grant_type=client_credentials&client_id=$CLIENT_ID&client_secret=$CLIENT_SECRET" | jq -r .access_token)

call() {
    curl -sS --fail-with-body -H "Authorization: CWSAuth bearer=$token" -H 'Accept: application/json' \
        -H "Citrix-CustomerId: $CUSTOMER_ID" -H "Citrix-TransactionId: 5b0c3a6e-52d8-4b0e-9a30-3f0e5c2a7d11" "$@"
}

json=(-H 'Content-Type: application/json')

wait_for() {
    local status
    while status=$(call "$base/Jobs/$1" | jq -r .Status); do
        case $status in
            Unknown | NotStarted | InProgress) sleep 0.2 ;;
            *) break ;;
        esac
    done
    echo "$status"
}

job_of() {
    tr -d '\r' | sed -n 's/^location: .*\/Jobs\///Ip'
}

echo "signed in as $(call "$api/me" | jq -r .DisplayName)"
site=$(call "$api/Sites" | jq -r '.Items[0].Id')
echo "site $(call "$api/Sites" | jq -r '.Items[0].Name')"
base="$api/$CUSTOMER_ID/$site"

pages=0 machines=0 next=
while :; do
    page=$(call -G "$base/Machines" -d limit=3 --data-urlencode "continuationToken=$next")
    pages=$((pages + 1)) machines=$((machines + $(jq '.Items | length' <<<"$page")))
    next=$(jq -r '.ContinuationToken // ""' <<<"$page")
    [ -n "$next" ] || break
done
echo "$machines machines in $pages pages"

kestrel=$(call "$base/Machines/DEMOLAB%7CKESTREL" | jq -r .Id)
job=$(call -i -X POST -H 'Content-Length: 0' "$base/Machines/$kestrel/\$reboot?async=true" | job_of)
kind=$(call "$base/Jobs/$job" | jq -r .Type)
echo "job $kind: $(wait_for "$job")"

item() {
    jq -n --arg id "$1" --arg url "$CUSTOMER_ID/$site//$2" --arg auth "Bearer $token" \
        '{Reference: $id, Method: "POST", RelativeUrl: $url, Headers: [{Name: "Authorization", Value: $auth}]}'
}
batch=$({ item 0 "Machines/$kestrel/\$reboot"; item 1 'Machines/DEMOLAB%7CEAGLE/$reboot'; item 2 'Machines/nobody/$reboot'; } |
    jq -s '{Items: .}')
echo "batch: $(call "${json[@]}" -d "$batch" "$base/\$batch" | jq -r '[.Items[].Code | tostring] | join(" ")')"

job=$(call -i "${json[@]}" -d "$(jq '.Items |= .[:2]' <<<"$batch")" "$base/\$batch?async=true" | job_of)
wait_for "$job" >/dev/null
echo "batch job: $(call "$base/Jobs/$job/Results" | jq '(if type == "string" then fromjson else . end).Items | length') items"
