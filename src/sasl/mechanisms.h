/// \file
/// The mechanisms but SCRAM, one factory each.
#pragma once

#include <memory>
#include <string>

#include "mailtool/sasl/mechanism.h"

namespace mailtool::sasl {

// Credentials are borrowed where they hold secrets, copied else.
std::unique_ptr<Mechanism> make_external(const Credentials& credentials);
std::unique_ptr<Mechanism> make_oauthbearer(const Credentials& credentials);
std::unique_ptr<Mechanism> make_xoauth2(const Credentials& credentials);
std::unique_ptr<Mechanism> make_cram_md5(const Credentials& credentials);
std::unique_ptr<Mechanism> make_plain(const Credentials& credentials);
std::unique_ptr<Mechanism> make_login(const Credentials& credentials);

/// What a mechanism answers to a challenge after its last step.
Error too_many_steps(std::string_view mechanism);

/// "," and "=" as "=2C" and "=3D": saslname of RFC 5802 section 5.1.
std::string saslname(std::string_view text);

}  // namespace mailtool::sasl
