#include "app/imap_import_doubt.h"

#include <poll.h>

#include <algorithm>
#include <chrono>
#include <utility>

#include "app/signals.h"

namespace mailtool::app {
namespace {

using Clock = std::chrono::steady_clock;

// What a server has received from a connection that broke off, it takes in this
// time, or in so much after the message before.
constexpr std::chrono::seconds kStill{3};
// A folder that mail keeps coming into is not waited for longer.
constexpr std::chrono::seconds kLongest{60};
constexpr int kBetweenNoops = 250;  // milliseconds

std::uint32_t exists_in(const client::ImapClient& client) {
  return client.selected() ? client.selected()->exists : 0;
}

// Until no message has come for a while.
Result<void> wait_until_still(client::ImapClient& client) {
  const auto begin = Clock::now();
  auto changed = begin;
  auto exists = exists_in(client);
  while (Clock::now() - changed < kStill && Clock::now() - begin < kLongest) {
    pollfd signal{interrupt_fd(), POLLIN, 0};
    (void)::poll(&signal, 1, kBetweenNoops);
    if (auto asked = client.noop(); !asked) return asked;
    const auto now = exists_in(client);
    if (std::exchange(exists, now) != now) changed = Clock::now();
  }
  return {};
}

}  // namespace

Result<void> ImportDoubt::look(ImportSender& sender) {
  std::vector<Message> absent;
  for (auto& message : messages_) {
    auto found = sender.look_for(message.digest, message.octets);
    if (!found) return std::move(found).error();
    if (!*found) absent.push_back(std::move(message));
  }
  messages_ = std::move(absent);
  return {};
}

Result<std::vector<ImportDoubt::Message>> ImportDoubt::settle(
    client::ImapClient& client, ImportSender& sender, bool recent) {
  if (auto looked = look(sender); !looked) return std::move(looked).error();
  if (!messages_.empty() && recent) {
    auto waited = wait_until_still(client);
    if (!waited) return std::move(waited).error();
    if (auto looked = look(sender); !looked) return std::move(looked).error();
  }
  return std::exchange(messages_, {});
}

}  // namespace mailtool::app
