#include "client/imap_sweep.h"

#include <algorithm>
#include <utility>

#include "mailtool/base/ascii.h"

namespace mailtool::client {
namespace {

// "OK No messages found": of the messages named there was none.
bool says_nothing_done(const imap::StatusResponse& done) {
  return lower(done.text).find("no messages") != std::string::npos;
}

// A connection lost in mid-command leaves open whether it was obeyed.
Error outcome_unknown(Error error) {
  if (error.kind == ErrorKind::disconnected ||
      error.kind == ErrorKind::timed_out) {
    error.what += "; the outcome is unknown";
  }
  return error;
}

using imap::Range;

std::size_t digits(std::uint32_t number) {
  std::size_t count = 1;
  for (; number >= 10; number /= 10) ++count;
  return count;
}

// As to_wire() has it.
std::size_t octets_of(const Range& range) {
  if (range.first == range.last) return digits(range.first);
  return digits(range.first) + 1 + digits(range.last);
}

// In parts whose text is at most `octets` long and that name at most
// `messages` each. A range alone is never too long.
std::deque<imap::SequenceSet> split_set(const imap::SequenceSet& uids,
                                        std::size_t octets,
                                        std::uint64_t messages) {
  std::deque<imap::SequenceSet> parts;
  std::vector<Range> one;
  std::size_t length = 0;
  std::uint64_t count = 0;
  const auto close = [&] {
    if (!one.empty()) parts.emplace_back(std::exchange(one, {}));
    length = 0;
    count = 0;
  };
  for (auto range : uids.ranges()) {
    for (bool more = true; more;) {
      if (count >= messages) close();
      const auto size = std::uint64_t{range.last} - range.first + 1;
      const auto take = std::min(messages - count, size);
      const Range part{range.first,
                       static_cast<std::uint32_t>(range.first + take - 1)};
      const auto text = octets_of(part) + 1;
      if (length + text > octets + 1) close();
      one.push_back(part);
      length += text;
      count += take;
      more = take < size;
      if (more) range.first = part.last + 1;
    }
  }
  close();
  return parts;
}

// resp-text-code =/ "MESSAGELIMIT" SP message-limit [SP uniqueid]
//                                                    ; RFC 9738 section 5
std::optional<std::uint32_t> lowest_done(const imap::StatusResponse& done) {
  const auto& text = done.code->arguments;
  const auto blank = text.find(' ');
  if (blank == text.npos) return std::nullopt;
  const auto uid =
      parse_number(trim(std::string_view(text).substr(blank + 1)), UINT32_MAX);
  if (!uid || *uid == 0) return std::nullopt;
  return static_cast<std::uint32_t>(*uid);
}

void put(std::vector<imap::Range>& into, const imap::SequenceSet& uids) {
  into.insert(into.end(), uids.ranges().begin(), uids.ranges().end());
}

bool is_ok(const std::optional<imap::StatusResponse>& answer) {
  return answer && answer->status == imap::Status::ok;
}

}  // namespace

// A MOVE brings an EXPUNGE for each message, and a STORE that is not silent a
// FETCH: so many, and no more, are part of the answer.
class ImapSweep::Handler : public ImapHandler {
 public:
  explicit Handler(ImapObserver& observer) : observer_(observer) {}

  /// So many messages are named.
  void expect(std::uint64_t messages) { left_ = messages; }

  Result<bool> on_data(imap::Response& data) override {
    if (const auto* vanished = std::get_if<imap::VanishedData>(&data)) {
      expunged += vanished->uids.count();
      return false;
    }
    const bool expected = std::holds_alternative<imap::ExpungeData>(data) ||
                          std::holds_alternative<imap::FetchData>(data);
    if (!expected || left_ == 0) return false;
    --left_;
    if (std::holds_alternative<imap::ExpungeData>(data)) ++expunged;
    observer_.on_unsolicited(data);
    return true;
  }

  std::uint64_t expunged = 0;

 private:
  ImapObserver& observer_;
  std::uint64_t left_ = 0;
};

ImapSweep::ImapSweep(ImapClient& client, std::vector<SweepStep> steps)
    : client_(client), steps_(std::move(steps)) {}

ImapSweep::~ImapSweep() = default;

void ImapSweep::fail(Error error) {
  if (!outcome_.error) outcome_.error = std::move(error);
}

void ImapSweep::plan(const imap::SequenceSet& uids) {
  const auto most = client_.message_limit();
  const bool fits = uids.count() <= most;
  by_saved_ = fits && client_.saved_ && *client_.saved_ == uids;
  if (by_saved_) {
    todo_.push_back(uids);
  } else {
    todo_ = split_set(uids, client_.set_octets_, most);
  }
}

void ImapSweep::send(imap::SequenceSet uids, bool saved) {
  Flying part;
  part.saved = saved;
  part.handler = std::make_unique<Handler>(static_cast<ImapObserver&>(client_));
  part.handler->expect(uids.count());
  part.uids = std::move(uids);
  for (const auto& step : steps_) {
    imap::CommandBuilder command(step.verb);
    command.text(saved ? "$" : to_wire(part.uids));
    step.rest(command);
    const auto built = command.build();
    if (!built) {
      fail(built.error());
      put(unchanged_, part.uids);
      return;
    }
    auto ticket = client_.dialogue_.send(*built, part.handler.get(),
                                         client_.literal_mode());
    if (!ticket) {
      // It may have gone out all the same.
      fail(outcome_unknown(std::move(ticket).error()));
      break;
    }
    part.tickets.push_back(*ticket);
  }
  flying_.push_back(std::move(part));
}

void ImapSweep::pump() {
  while (!todo_.empty() || !flying_.empty()) {
    // One part ahead keeps the server busy; more would only be more to give an
    // account of when the line is lost.
    while (!todo_.empty() && flying_.size() < 2 && !outcome_.error) {
      auto next = std::move(todo_.front());
      todo_.pop_front();
      send(std::move(next), by_saved_);
    }
    if (flying_.empty()) break;
    auto part = std::move(flying_.front());
    flying_.pop_front();
    settle(std::move(part));
  }
  for (const auto& never : todo_) put(unchanged_, never);
  todo_.clear();
}

// A BAD is a refusal to read the line: nothing was done, and a shorter one may
// be read.
bool ImapSweep::again_shorter(const Flying& part,
                              const imap::StatusResponse& first) {
  if (first.status != imap::Status::bad || outcome_.error) return false;
  if (imap_refusal(first, "").kind != ErrorKind::protocol) return false;
  if (part.saved) {
    // Lenient: SEARCHRES offered and "$" not understood.
    client_.saved_.reset();
    by_saved_ = false;
  } else {
    const auto length = to_wire(part.uids).size();
    if (length <= kLeastOctets || part.uids.ranges().size() < 2) return false;
    // What was in flight when the lines became shorter does not halve them
    // once more.
    if (length <= client_.set_octets_) {
      client_.set_octets_ = std::max(kLeastOctets, (length + 1) / 2);
    }
  }
  put_back(
      split_set(part.uids, client_.set_octets_, client_.message_limit()));
  return true;
}

// NO [MESSAGELIMIT 1000]: COPY copies all or nothing (RFC 9738 section 3).
bool ImapSweep::again_fewer(const Flying& part,
                            const imap::StatusResponse& first) {
  const bool limited = first.status == imap::Status::no &&
                       first.has_code("MESSAGELIMIT") && !outcome_.error &&
                       steps_.front().verb == "UID COPY";
  if (!limited) return false;
  const auto words = split(trim(first.code->arguments), ' ');
  const auto most = parse_number(words.front());
  if (!most || *most == 0 || *most >= part.uids.count()) return false;
  client_.saved_.reset();
  by_saved_ = false;
  put_back(split_set(part.uids, client_.set_octets_, *most));
  return true;
}

void ImapSweep::put_back(std::deque<imap::SequenceSet> parts) {
  todo_.insert(todo_.begin(), std::make_move_iterator(parts.begin()),
               std::make_move_iterator(parts.end()));
}

void ImapSweep::settle_ok(const Flying& part, const Answers& answers) {
  ++outcome_.commands;
  for (std::size_t i = 0; i < answers.size(); ++i) {
    if (!answers[i]->has_code("MESSAGELIMIT")) continue;
    const auto lowest = lowest_done(*answers[i]);
    const imap::SequenceSet upper(
        {{lowest.value_or(imap::kStar), imap::kStar}});
    const auto did = part.uids.intersect(upper);
    if (did.empty()) {
      put(unknown_, part.uids);
      return fail(imap_success(*answers[i], steps_[i].verb).error());
    }
    put(done_, did);
    client_.saved_.reset();
    by_saved_ = false;
    auto rest = part.uids.minus(upper);
    if (!rest.empty()) todo_.push_front(std::move(rest));
    return;
  }
  put(says_nothing_done(*answers.front()) ? gone_ : done_, part.uids);
}

ImapSweep::Answers ImapSweep::answers_to(const Flying& part) {
  Answers answers;
  for (const auto ticket : part.tickets) {
    auto done = client_.dialogue_.await(ticket);
    if (done) {
      answers.emplace_back(*std::move(done));
    } else {
      fail(outcome_unknown(std::move(done).error()));
      answers.emplace_back();
    }
  }
  return answers;
}

void ImapSweep::settle(Flying part) {
  const auto answers = answers_to(part);
  outcome_.expunged += part.handler->expunged;
  const auto oks = static_cast<std::size_t>(
      std::count_if(answers.begin(), answers.end(), is_ok));
  if (oks == steps_.size()) return settle_ok(part, answers);
  if (!answers.empty() && answers.front() &&
      (again_shorter(part, *answers.front()) ||
       again_fewer(part, *answers.front()))) {
    return;
  }
  const bool answered = answers.size() == steps_.size() && answers.back();
  put(oks > 0 ? begun_ : answered ? unchanged_ : unknown_, part.uids);
  for (std::size_t i = 0; i < answers.size(); ++i) {
    if (answers[i] && !is_ok(answers[i])) {
      fail(imap_refusal(*answers[i], steps_[i].verb));
    }
  }
}

SweepOutcome ImapSweep::take(const imap::SequenceSet& uids) {
  for (auto& copied : client_.copied_) {
    // A server that claims to have copied others than it was asked is not
    // believed.
    if (copied.source.minus(uids).empty()) {
      outcome_.copied.push_back(std::move(copied));
    } else {
      outcome_.copied_others = true;
    }
  }
  client_.copied_.clear();
  outcome_.done = imap::SequenceSet(std::move(done_));
  outcome_.gone = imap::SequenceSet(std::move(gone_));
  outcome_.unchanged = imap::SequenceSet(std::move(unchanged_));
  outcome_.begun = imap::SequenceSet(std::move(begun_));
  outcome_.unknown = imap::SequenceSet(std::move(unknown_));
  return std::move(outcome_);
}

SweepOutcome ImapSweep::run(const imap::SequenceSet& uids) {
  client_.copied_.clear();
  plan(uids);
  pump();
  return take(uids);
}

void ImapSweep::begin_saved() {
  client_.copied_.clear();
  by_saved_ = true;
  send({}, true);
}

imap::SequenceSet copied_from(const SweepOutcome& sweep) {
  std::vector<Range> all;
  for (const auto& one : sweep.copied) put(all, one.source);
  return imap::SequenceSet(std::move(all));
}

SweepOutcome ImapSweep::finish_unfound(std::uint64_t exists) {
  for (auto& part : flying_) part.handler->expect(exists);
  pump();
  std::vector<Range> all;
  for (const auto& one : client_.copied_) put(all, one.source);
  const imap::SequenceSet told(std::move(all));
  put(outcome_.commands > 0 ? done_ : unknown_, told);
  return take(told);
}

SweepOutcome ImapSweep::finish_saved(const imap::SequenceSet& uids) {
  for (auto& part : flying_) {
    part.uids = uids;
    part.handler->expect(uids.count());
  }
  pump();
  return take(uids);
}

}  // namespace mailtool::client
