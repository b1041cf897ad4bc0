// Private keys as key files hold them.
#pragma once

#include <openssl/evp.h>

#include <string>
#include <vector>

#include "mailtool/signing/dkim_signer.h"

namespace mailtool::signing::test {

std::string pkcs8(EVP_PKEY* key, const char* password = nullptr);
// "BEGIN RSA PRIVATE KEY", "BEGIN EC PRIVATE KEY"; also with a password.
std::string traditional(EVP_PKEY* key, const char* password = nullptr);
std::string public_pem(EVP_PKEY* key);
// The private half of one key, the public half of another.
std::string mismatched_rsa();

// The keys of signer.h, at rsa and ed in sender.example.
DkimIdentity rsa_identity();
DkimIdentity ed25519_identity();

DkimSigner signer_of(std::vector<DkimIdentity> identities,
                     DkimSignerOptions options = {});

}  // namespace mailtool::signing::test
