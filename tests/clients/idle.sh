#!/usr/bin/env bash
# Reboots the idle machines of the first catalog with curl and jq alone.
set -euo pipefail

token=$(curl -sSf "$ENDPOINT/cctrustoauth2/root/tokens/clients" \
    --data-urlencode grant_type=client_credentials \
    --data-urlencode "client_id=$CLIENT_ID" \
    --data-urlencode "client_secret=$CLIENT_SECRET" | jq -re .access_token)

call() { # METHOD PATH [curl options]
    local method=$1 path=$2
    shift 2
    curl -sS -X "$method" "$ENDPOINT/cvadapis$path" \
        -H "Authorization: CWSAuth bearer=$token" \
        -H "Citrix-CustomerId: $CUSTOMER_ID" \
        -H "Accept: application/json" "$@"
}

site=$(call GET /me | jq -re '.Customers[0].Sites[0].Id')
catalog=$(call GET "/$site/MachineCatalogs" | jq -re '.Items[0].Id')

call GET "/$site/MachineCatalogs/$catalog/Machines" |
    jq -r '.Items[] | [.Id, .Name, .SessionCount] | join("\u0001")' |
    while IFS=$'\001' read -r id name sessions; do
        if [ "$sessions" != 0 ]; then
            printf '%s sessions on %s - skipping\n' "$sessions" "$name"
            continue
        fi
        answer=$(call POST "/$site/Machines/$id/\$reboot" -H "Content-Length: 0")
        if jq -e .Id >/dev/null <<<"$answer"; then
            said=success
        else
            said="failure: $(jq -r .ErrorMessage <<<"$answer")"
        fi
        printf 'Requesting reboot for %s... %s\n' "$name" "$said"
    done
