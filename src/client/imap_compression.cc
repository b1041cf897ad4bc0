// COMPRESS=DEFLATE: RFC 4978.

#include <algorithm>
#include <utility>

#include "mailtool/client/imap_client.h"

namespace mailtool::client {
namespace {

// COMPRESS has to be waited for, and costs the server work. With this much to
// come a round trip of 50 ms is made up for by lines below 3 MB a second.
constexpr std::uint64_t kMuch = 256 * 1024;

}  // namespace

Result<void> ImapClient::compress() {
  auto* const deflate = std::exchange(deflate_, nullptr);
  if (deflate == nullptr) return {};
  auto offered = offers("COMPRESS=DEFLATE");
  if (!offered) return std::move(offered).error();
  if (!*offered) return {};
  imap::CommandBuilder command("COMPRESS");
  const auto built = command.text("DEFLATE").build();
  if (!built) return built.error();
  deflate->await_consent();
  auto done = run(*built, nullptr);
  if (!done) return std::move(done).error();
  if (done->status == imap::Status::ok) return deflate->begin();
  deflate->refused();
  return {};
}

Result<void> ImapClient::expect(std::uint64_t octets) {
  if (deflate_ == nullptr || octets < kMuch || !dialogue_.settled()) return {};
  return compress();
}

}  // namespace mailtool::client
