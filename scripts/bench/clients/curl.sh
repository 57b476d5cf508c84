#!/usr/bin/env bash
# Signed with openssl, sent with curl, in the order the service sorts the parameters: bash curl.sh URL
set -euo pipefail
key=$ALIBABA_CLOUD_ACCESS_KEY_ID secret=$ALIBABA_CLOUD_ACCESS_KEY_SECRET
printf -v now '%(%Y-%m-%dT%H%%3A%M%%3A%SZ)T' -1
query="AccessKeyId=$key&Action=GetTaskStatus&Format=JSON&RegionId=cn-beijing&SignatureMethod=HMAC-SHA1"
query+="&SignatureNonce=$RANDOM$RANDOM$RANDOM&SignatureVersion=1.0&TaskId=1&Timestamp=$now&Version=2019-08-10"
encoded=${query//%/%25} encoded=${encoded//=/%3D} encoded=${encoded//&/%26}
signature=$(printf '%s' "GET&%2F&$encoded" | openssl dgst -sha1 -hmac "$secret&" -binary | openssl base64)
curl -sS "$1/?$query" --get --data-urlencode "Signature=$signature"
