#include "mailtool/client/imap_batches.h"

#include <algorithm>
#include <deque>
#include <memory>
#include <optional>
#include <string>
#include <utility>

#include "client/imap_fetch_handler.h"
#include "client/imap_search_parts.h"
#include "mailtool/client/imap_fetch_items.h"

namespace mailtool::client {
namespace {

// Commands in flight, in octets: with one of a batch more, the dialogue need not
// read to make room for it.
constexpr std::size_t kInFlight = 12 * 1024;
// Batches in flight: what has to be held of a server that answers them at once.
constexpr std::size_t kMostBatches = 20;
// Of responses to commands in flight, in octets.
constexpr std::size_t kMostHeld = 64 * 1024 * 1024;

struct Batch {
  explicit Batch(imap::SequenceSet set, const FetchItems& items)
      : uids(std::move(set)),
        on_message([this](imap::FetchData& message) -> Result<void> {
          held += message.octets;
          messages.push_back(std::move(message));
          return {};
        }),
        handler(uids, items, on_message) {}
  Batch(const Batch&) = delete;
  Batch& operator=(const Batch&) = delete;

  imap::SequenceSet uids;
  std::vector<imap::FetchData> messages;
  std::size_t held = 0;
  ImapClient::OnMessage on_message;
  FetchHandler handler;
  std::uint32_t ticket = 0;
  std::size_t octets = 0;  // of the command
};

// A server may answer several commands at once (RFC 9051 section 5.5): the UID
// says whose answer it is.
class Router : public ImapHandler {
 public:
  Result<bool> on_data(imap::Response& data) override {
    if (failed) return *failed;
    const auto* fetch = std::get_if<imap::FetchData>(&data);
    if (fetch == nullptr) {
      for (auto& batch : batches) {
        if (auto seen = batch->handler.on_data(data); !seen) return seen;
      }
      return false;
    }
    std::size_t held = 0;
    Batch* asker = batches.empty() ? nullptr : batches.front().get();
    bool named = false;
    for (auto& batch : batches) {
      held += batch->held + batch->handler.held();
      if (named || !fetch->uid || !batch->uids.contains(*fetch->uid)) continue;
      asker = batch.get();
      named = true;
    }
    if (held > kMostHeld) {
      return Error{ErrorKind::protocol,
                   "more about messages than can be held to be put in order"};
    }
    return asker == nullptr ? false : asker->handler.on_data(data);
  }

  std::deque<std::unique_ptr<Batch>> batches;  // in flight, oldest first
  std::optional<Error> failed;                 // nothing more is wanted
};

}  // namespace

class ImapBatches {
 public:
  ImapBatches(ImapClient& client, const FetchItems& items,
              const FetchBatches& batches)
      : client_(client),
        items_(items),
        words_(fetch_items(items)),
        batches_(batches) {}

  Result<void> run() {
    const auto most = client_.selected_ ? client_.selected_->exists : 0;
    auto ready = client_.expect(
        octets_of(items_) * std::min<std::uint64_t>(most, batches_.messages));
    if (!ready) return ready;
    bool more = true;
    while (true) {
      while (more && !refused_ && has_room()) {
        auto uids = batches_.next();
        more = !uids.empty();
        if (!more) break;
        if (auto sent = send(std::move(uids)); !sent) {
          return give_up(std::move(sent).error());
        }
      }
      if (router_.batches.empty()) {
        return refused_ ? Result<void>(*refused_) : Result<void>();
      }
      if (auto taken = take_oldest(); !taken) {
        return give_up(std::move(taken).error());
      }
    }
  }

 private:
  [[nodiscard]] bool has_room() const {
    return router_.batches.empty() ||
           (router_.batches.size() < most_ && in_flight_ < kInFlight);
  }

  Result<void> send(imap::SequenceSet uids) {
    auto batch = std::make_unique<Batch>(std::move(uids), items_);
    imap::CommandBuilder command("UID FETCH");
    auto built = command.text(to_wire(batch->uids)).text(words_).build();
    if (!built) return std::move(built).error();
    batch->octets = built->octets();
    in_flight_ += batch->octets;
    router_.batches.push_back(std::move(batch));
    auto ticket =
        client_.dialogue_.send(*built, &router_, client_.literal_mode());
    if (!ticket) return std::move(ticket).error();
    router_.batches.back()->ticket = *ticket;
    return {};
  }

  Result<void> take_oldest() {
    auto& oldest = *router_.batches.front();
    auto done = client_.dialogue_.await(std::exchange(oldest.ticket, 0));
    if (!done) return std::move(done).error();
    in_flight_ -= oldest.octets;
    std::optional<Error> refused;
    auto left = rest_of(oldest.uids, *done, refused);
    while (!left.empty() && !refused) {
      most_ = 1;  // the next would be stopped, too
      auto rest = client_.fetch_once(left, words_, router_, refused);
      if (!rest) return std::move(rest).error();
      left = *std::move(rest);
    }
    auto seen = oldest.handler.finish();
    if (!seen) return std::move(seen).error();
    const auto batch = std::move(router_.batches.front());
    router_.batches.pop_front();
    if (!refused_) refused_ = std::move(refused);
    return batches_.take(batch->messages);
  }

  // What the server has left out at its MESSAGELIMIT; see fetch_once().
  static imap::SequenceSet rest_of(const imap::SequenceSet& asked,
                                   const imap::StatusResponse& done,
                                   std::optional<Error>& refused) {
    const auto last = stopped_at(done);
    if (last && *last <= asked.ranges().back().last) {
      if (*last <= 1) return {};
      return asked.intersect(imap::SequenceSet({{1, *last - 1}}));
    }
    // What is gone is not told of, and the rest is (RFC 5530 section 3).
    const bool gone =
        done.status == imap::Status::no && done.has_code("EXPUNGEISSUED");
    if (gone) return {};
    if (auto whole = imap_success(done, "UID FETCH"); !whole) {
      refused = whole.error();
    }
    return {};
  }

  // No answer may come to what is gone: the first that still does ends the
  // session.
  Error give_up(Error error) {
    router_.failed = error;
    for (const auto& batch : router_.batches) {
      if (batch->ticket == 0) continue;
      if (!client_.dialogue_.await(batch->ticket)) break;
    }
    return error;
  }

  ImapClient& client_;
  const FetchItems& items_;
  const std::string words_;
  const FetchBatches& batches_;
  std::size_t most_ = kMostBatches;
  Router router_;
  std::optional<Error> refused_;  // a batch: no more are asked for
  std::size_t in_flight_ = 0;
};

Result<void> fetch_batches(ImapClient& client, const FetchItems& items,
                           const FetchBatches& batches) {
  return ImapBatches(client, items, batches).run();
}

}  // namespace mailtool::client
