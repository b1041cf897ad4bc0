/// \file
/// Headers of messages, by TOP n 0, many under way at once.
#pragma once

#include <cstdint>
#include <vector>

#include "mailtool/client/pop3_client.h"

namespace mailtool::app {

/// HeaderDigest::value of message numbers[i], as entry i; 0 where the server
/// refuses it, or sends nothing. A server that refuses the first asked for and
/// every one under way with it is asked for no more. Fails with interrupted,
/// or as Pop3Client::retrieve().
Result<std::vector<std::uint64_t>> header_digests(
    client::Pop3Client& client, const std::vector<std::uint32_t>& numbers);

}  // namespace mailtool::app
