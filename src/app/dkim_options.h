/// \file
/// Who signs a message that is sent, and with which keys.
#pragma once

#include <optional>
#include <string_view>

#include "app/invocation.h"
#include "mailtool/signing/dkim_signer.h"

namespace mailtool::app {

/// The signer that the account's DKIM table asks for; none where it has no such
/// table or --no-dkim is given. `from_domain` is that of the first address of
/// From, in UTF-8 or A-labels: d= where the table names no domain.
///
/// Fails with config: a key file that is absent, that others may read, or that
/// holds no usable key; with bad_input where From has no domain to sign for.
Result<std::optional<signing::DkimSigner>> dkim_signer(
    const Invocation& invocation, std::string_view from_domain);

}  // namespace mailtool::app
