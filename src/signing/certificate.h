// What a certificate says of whom it is for.
#pragma once

#include <openssl/x509.h>

#include <string>
#include <vector>

namespace mailtool::signing {

// rfc822Name of subjectAltName and emailAddress of the subject (RFC 8550
// section 3). An address with a NUL, a control or an octet beyond ASCII inside
// is none: readers that stop at NUL see another one.
[[nodiscard]] std::vector<std::string> addresses_of(const X509* certificate);

// RFC 2253 form, UTF-8.
[[nodiscard]] std::string name_text(const X509_NAME* name);

// Seconds since 1970; 0 when it cannot be read.
[[nodiscard]] std::int64_t seconds_of(const ASN1_TIME* time);

}  // namespace mailtool::signing
