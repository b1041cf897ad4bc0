// UID FETCH of BODY[…] and BINARY[…], streamed: RFC 9051 section 6.4.5,
// RFC 3516.

#include <deque>
#include <utility>

#include "mailtool/base/ascii.h"
#include "mailtool/client/imap_client.h"

namespace mailtool::client {
namespace {

// Commands in flight: enough that a slow line is always in use.
constexpr std::size_t kInFlight = 200;

std::string item_of(const BodyRequest& request) {
  const auto& question = request.question;
  std::string item = request.size ? "RFC822.SIZE " : "";
  item += question.binary ? "BINARY" : "BODY";
  if (!question.mark_seen) item += ".PEEK";
  item += "[" + question.section + "]";
  if (question.offset) {
    item += "<" + std::to_string(*question.offset) + "." +
            std::to_string(question.length) + ">";
  }
  return item;
}

Error of_uid(ErrorKind kind, const char* what, std::uint32_t uid) {
  return Error{kind, "the server sent " + std::string(what) + " for UID " +
                         std::to_string(uid)};
}

/// Counts, and stops a server that sends more than was asked for.
class MeasuredSink : public Sink {
 public:
  /// `to` null: away with it.
  void begin(Sink* to, std::uint64_t& count, std::uint64_t most) {
    to_ = to;
    count_ = &count;
    most_ = most;
    count = 0;
  }
  void fail(Error error) { failed_ = std::move(error); }
  Result<void> write(std::string_view octets) override {
    if (failed_) return *failed_;
    if (octets.size() > most_ - *count_) {
      return Error{ErrorKind::protocol,
                   "the server sent more than the octets asked for"};
    }
    *count_ += octets.size();
    return to_ == nullptr ? Result<void>() : to_->write(octets);
  }

 private:
  Sink* to_ = nullptr;
  std::uint64_t* count_ = nullptr;
  std::uint64_t most_ = 0;
  std::optional<Error> failed_;
};

struct Pending {
  std::size_t number;
  BodyRequest request;
  std::uint32_t ticket;
  BodyAnswer answer;
  bool streamed = false;
  bool complete = false;
  bool nil = false;
};

/// Finds for each section that comes the request that it answers.
class BodyRouter : public ImapHandler {
 public:
  explicit BodyRouter(BodyReceiver& receiver) : receiver_(receiver) {}

  std::deque<Pending>& pending() { return pending_; }

  Sink* on_literal(const imap::FramedResponse& before) override {
    const auto data = imap::parse_response(before);
    const auto* fetch = std::get_if<imap::FetchData>(&data);
    if (fetch == nullptr || fetch->sections.empty()) return nullptr;
    const auto& part = fetch->sections.back();
    auto* mine = find(fetch->uid, part);
    if (mine == nullptr && asked_for(part)) {
      // Of another message, or once more.
      sink_.begin(nullptr, discarded_, UINT64_MAX);
      return &sink_;
    }
    if (mine == nullptr) return nullptr;
    mine->streamed = true;
    open(*mine, before.literals.back().size);
    return &sink_;
  }

  /// No more is taken: the next that comes ends the session.
  void fail(const Error& error) { failed_ = error; }
  [[nodiscard]] const std::optional<Error>& failed() const { return failed_; }

  Result<bool> on_data(imap::Response& data) override {
    if (failed_) return *failed_;
    auto* fetch = std::get_if<imap::FetchData>(&data);
    if (fetch == nullptr) return false;
    bool ours = false;
    for (const auto& part : fetch->sections) {
      auto taken = take(*fetch, part);
      if (!taken) return taken;
      ours = ours || *taken;
    }
    return ours;
  }

 private:
  static bool names(const BodyQuestion& question,
                    const imap::FetchedSection& part) {
    return iequals(part.section, question.section) &&
           (!part.origin || *part.origin == question.offset.value_or(0));
  }

  [[nodiscard]] bool asked_for(const imap::FetchedSection& part) const {
    for (const auto& one : pending_) {
      if (names(one.request.question, part)) return true;
    }
    return false;
  }

  // Servers may answer commands of which none changes anything in any order.
  // Where the UID has not come yet, it is the first that is not answered.
  Pending* find(std::optional<std::uint32_t> uid,
                const imap::FetchedSection& part) {
    for (auto& one : pending_) {
      if (one.complete || one.streamed) continue;
      const bool same = names(one.request.question, part);
      if (same && (!uid || *uid == one.request.uid)) return &one;
      if (!uid) return nullptr;
    }
    return nullptr;
  }

  void open(Pending& mine, std::uint64_t size) {
    const auto& question = mine.request.question;
    auto to = receiver_.begin(mine.number, size);
    sink_.begin(to ? *to : nullptr, mine.answer.octets,
                question.offset ? question.length : UINT64_MAX);
    if (!to) sink_.fail(std::move(to).error());
  }

  Result<bool> take(const imap::FetchData& fetch,
                    const imap::FetchedSection& part) {
    for (auto& one : pending_) {
      if (!one.streamed || one.complete) continue;
      if (!part.streamed || !names(one.request.question, part)) continue;
      // Streamed before the UID was known: what the sink has is wrong.
      if (fetch.uid && *fetch.uid != one.request.uid) {
        return of_uid(ErrorKind::protocol, "another message", one.request.uid);
      }
      return done(one, fetch);
    }
    if (part.streamed) return false;
    auto* mine = find(fetch.uid, part);
    if (mine == nullptr) return false;
    mine->nil = !part.octets;
    if (part.octets) {
      open(*mine, part.octets->size());
      if (auto wrote = sink_.write(*part.octets); !wrote) return wrote.error();
    }
    return done(*mine, fetch);
  }

  Result<bool> done(Pending& mine, const imap::FetchData& fetch) {
    mine.complete = true;
    mine.answer.message_size = fetch.size;
    return true;
  }

  BodyReceiver& receiver_;
  std::deque<Pending> pending_;
  MeasuredSink sink_;
  std::uint64_t discarded_ = 0;
  std::optional<Error> failed_;
};

Result<BodyAnswer> outcome(const Pending& asked,
                           const imap::StatusResponse& done) {
  const auto uid = asked.request.uid;
  const auto step = "UID FETCH " + std::to_string(uid);
  if (asked.complete && !asked.nil) return asked.answer;
  if (done.has_code("UNKNOWN-CTE")) {
    auto refusal = imap_refusal(done, step);
    refusal.kind = ErrorKind::unsupported;
    return refusal;
  }
  if (auto whole = imap_success(done, step); !whole) return whole.error();
  if (!asked.nil) {
    return Error{ErrorKind::no_such_item,
                 "there is no message with UID " + std::to_string(uid)};
  }
  return of_uid(ErrorKind::no_such_item, "NIL", uid);
}

// One request, to one Sink.
class OneBody : public BodyReceiver {
 public:
  OneBody(BodyRequest request, Sink& sink)
      : request_(std::move(request)), sink_(sink) {}
  std::optional<BodyRequest> next() override {
    return std::exchange(request_, std::nullopt);
  }
  Result<Sink*> begin(std::size_t, std::uint64_t) override { return &sink_; }
  Result<void> end(std::size_t, Result<BodyAnswer> answer) override {
    answer_ = std::move(answer);
    return {};
  }
  std::optional<Result<BodyAnswer>>& answer() { return answer_; }

 private:
  std::optional<BodyRequest> request_;
  Sink& sink_;
  std::optional<Result<BodyAnswer>> answer_;
};

}  // namespace

Result<void> ImapClient::fetch_bodies(BodyReceiver& receiver) {
  BodyRouter router(receiver);
  auto& pending = router.pending();
  std::size_t number = 0;
  while (true) {
    const bool more = pending.size() < kInFlight && !router.failed();
    auto request = more ? receiver.next() : std::nullopt;
    if (request) {
      imap::CommandBuilder command("UID FETCH");
      command.text(std::to_string(request->uid));
      auto built = command.text("(UID " + item_of(*request) + ")").build();
      if (!built) return std::move(built).error();
      auto ticket = dialogue_.send(*built, &router, literal_mode());
      if (!ticket) return std::move(ticket).error();
      pending.push_back({number++, *std::move(request), *ticket, {}});
      continue;
    }
    if (pending.empty()) break;
    auto done = dialogue_.await(pending.front().ticket);
    if (!done) {
      return std::move(done).error().at(
          "UID FETCH " + std::to_string(pending.front().request.uid));
    }
    const auto first = std::move(pending.front());
    pending.pop_front();
    if (router.failed()) continue;
    auto told = receiver.end(first.number, outcome(first, *done));
    if (!told) router.fail(told.error());
  }
  if (router.failed()) return *router.failed();
  return {};
}

Result<std::uint64_t> ImapClient::fetch_body(std::uint32_t uid,
                                             const BodyQuestion& question,
                                             Sink& sink) {
  OneBody one({uid, question}, sink);
  if (auto asked = fetch_bodies(one); !asked) return std::move(asked).error();
  auto& answer = *one.answer();
  if (!answer) return std::move(answer).error();
  return answer->octets;
}

}  // namespace mailtool::client
