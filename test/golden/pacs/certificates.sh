#!/usr/bin/env bash
# Makes the certificates of test/pacs, valid for a hundred years: an authority, a server (localhost, 127.0.0.1), one for another host, a client, and a certificate of nobody.
set -euo pipefail
cd "$(dirname "$0")"
new() { openssl ecparam -name prime256v1 -genkey -noout | openssl pkcs8 -topk8 -nocrypt -out "$1.key.pem"; }
sign() { # name, subject, extensions
  new "$1"
  openssl req -new -key "$1.key.pem" -subj "/CN=$2" |
    openssl x509 -req -CA authority.pem -CAkey authority.key.pem -CAcreateserial -days 36500 -extfile <(echo "$3") -out "$1.pem" 2>/dev/null
}
new authority
openssl req -x509 -new -key authority.key.pem -subj '/CN=Residua test authority' -days 36500 -addext basicConstraints=critical,CA:true -out authority.pem
sign server localhost 'subjectAltName=DNS:localhost,IP:127.0.0.1'
sign elsewhere pacs.example 'subjectAltName=DNS:pacs.example'
sign client residua 'extendedKeyUsage=clientAuth,serverAuth
subjectAltName=DNS:localhost,IP:127.0.0.1'
new selfsigned
openssl req -x509 -new -key selfsigned.key.pem -subj '/CN=localhost' -addext 'subjectAltName=DNS:localhost,IP:127.0.0.1' -days 36500 -out selfsigned.pem
openssl pkcs8 -topk8 -in client.key.pem -passout pass:secret -out client-encrypted.key.pem
rm -f authority.srl elsewhere.csr
