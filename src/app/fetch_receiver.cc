#include "app/fetch_receiver.h"

#include <algorithm>

#include "app/fetch_blame.h"
#include "app/fetch_failure.h"

namespace mailtool::app {
namespace {

// Sizes that a server announces are seldom exact; a message that runs so far
// past its own is no mail.
constexpr std::uint64_t kSizeSlack = 1024 * 1024;
constexpr std::uint64_t kSizesLie = 1024;
// What is read of one that is too large, so that the session is not lost.
constexpr std::uint64_t kReadToDrop = 32 * 1024 * 1024;

constexpr std::uint8_t bit(std::size_t lane) {
  return static_cast<std::uint8_t>(1u << lane);
}

}  // namespace

class FetchReceiver::Lanes : public Sink {
 public:
  explicit Lanes(std::vector<FetchLane>& lanes) : lanes_(lanes) {}
  Result<void> write(std::string_view octets) override {
    write_to(false, octets);
    return {};
  }
  void write_to(bool keeping_crlf, std::string_view octets) {
    for (auto& lane : lanes_) {
      if (lane.keeps_crlf() == keeping_crlf) lane.write(octets);
    }
  }

 private:
  std::vector<FetchLane>& lanes_;
};

FetchReceiver::FetchReceiver(FetchWork& work) : work_(work) {
  for (std::size_t i = 0; i < work.destinations.size(); ++i) {
    lanes_.emplace_back(*work.destinations[i], *work.journals[i]);
  }
  to_lanes_ = std::make_unique<Lanes>(lanes_);
}

FetchReceiver::~FetchReceiver() = default;

bool FetchReceiver::wanted_by(std::uint32_t number, std::size_t i) const {
  return (work_.plan[number - 1].wanted & bit(i)) != 0 && lanes_[i].usable();
}

Result<void> FetchReceiver::any_lane_left() const {
  for (const auto& lane : lanes_) {
    if (lane.usable()) return {};
  }
  return *lanes_.front().failure();
}

std::optional<client::MessageRequest> FetchReceiver::next() {
  for (;;) {
    const auto request = work_.order.next();
    if (!request) return std::nullopt;
    for (std::size_t i = 0; i < lanes_.size(); ++i) {
      if (wanted_by(request->number, i)) return request;
    }
    work_.order.passed_over();
  }
}

Result<void> FetchReceiver::begin(std::uint32_t number) {
  work_.plan[number - 1].retrieved = true;
  current_ = number;
  octets_ = 0;
  oversized_ = false;
  header_ = {};
  content_ = {};
  body_ = {};
  line_ends_.emplace(*to_lanes_);
  for (std::size_t i = 0; i < lanes_.size(); ++i) {
    if (wanted_by(number, i)) lanes_[i].begin(work_.maildrop.uid(number));
  }
  return any_lane_left();
}

Result<void> FetchReceiver::write(std::string_view octets) {
  octets_ += octets.size();
  work_.report.received(octets.size());
  const auto said = work_.maildrop.octets(current_).value_or(0);
  const bool bounds = said > 0 && said < UINT64_MAX / 4 && !sizes_lie_;
  auto most = bounds ? 2 * said + kSizeSlack : UINT64_MAX;
  if (work_.options.max_size) most = std::min(most, *work_.options.max_size);
  if (octets_ > most) {
    if (!oversized_) {
      for (auto& lane : lanes_) lane.discard();
    }
    oversized_ = true;
    if (octets_ - most <= kReadToDrop) return {};
    return Error{ErrorKind::protocol, "message " + std::to_string(current_) +
                                          " has no end, LIST says " +
                                          std::to_string(said) + " octets"};
  }
  content_.update(octets);
  auto body = octets;
  if (!header_.done()) body.remove_prefix(header_.update(octets));
  if (header_.done() && !header_.has_message_id()) body_.update(body);
  to_lanes_->write_to(true, octets);
  auto written = work_.options.raw_crlf ? to_lanes_->write(octets)
                                        : line_ends_->write(octets);
  if (!written) return written;
  return any_lane_left();
}

// The same for the same message in every run, and different for another one:
// it covers account, unique-id, size, header and content, as a unique-id may be
// used again for a message of the same header, and devices repeat even their
// Message-ID. Where the header names no message, the body is what tells them
// apart, and the fast hash is not enough. Where ids do not, equal messages of
// one session are numbered.
store::DeliveryKey FetchReceiver::key_of(std::uint32_t number,
                                         const HeaderDigest& header) {
  auto base = work_.identity + '\n' + std::string(work_.maildrop.uid(number)) +
              '\n' + std::to_string(octets_) + '\n' + hex(header.whole) + '\n' +
              std::to_string(content_.finish());
  if (header.value % 2 == 0) base += '\n' + hex(body_.finish());
  const auto key_from = [](const std::string& text) {
    store::DeliveryKey key;
    std::copy_n(sha256(text).begin(), key.size(), key.begin());
    return key;
  };
  const auto key = key_from(base);
  if (!work_.plan[number - 1].ambiguous) return key;
  const auto repeat = repeats_[key]++;
  return repeat == 0 ? key : key_from(base + '\n' + std::to_string(repeat));
}

Result<void> FetchReceiver::end(std::uint32_t number) {
  work_.order.answered();
  const auto said = work_.maildrop.octets(number).value_or(0);
  // Empty it is where LIST says so.
  if (oversized_ || (octets_ == 0 && work_.maildrop.octets(number) != 0u)) {
    const bool unforeseen = oversized_ && !work_.maildrop.octets(number);
    discard();
    if (unforeseen) return skip_too_large(number);
    std::string reason =
        oversized_ ? "the server sent more" : "the server sent nothing";
    if (said > 0) reason += ", LIST says " + std::to_string(said) + " octets";
    return note_failure(work_, {.number = number, .reason = std::move(reason)});
  }
  if (!work_.options.raw_crlf) {
    if (auto done = line_ends_->finish(); !done) return done;
  }
  work_.blame.came();
  // Whole, and by far too large: this server's sizes are none, say kilobytes.
  sizes_lie_ = sizes_lie_ || (said > 0 && octets_ / 2 > kSizesLie &&
                              octets_ / 2 - kSizesLie > said);
  const auto header = header_.finish();
  const auto key = key_of(number, header);
  LaneMessage message{number, journal_name(work_.maildrop, number),
                      header.value, false};
  auto& arrived = arrived_[number];
  arrived.octets = octets_;
  for (std::size_t i = 0; i < lanes_.size(); ++i) {
    // With --all it may stand there already.
    message.journalled = (work_.plan[number - 1].had & bit(i)) != 0;
    if (lanes_[i].end(message, key)) arrived.waits_for |= bit(i);
  }
  if (arrived.waits_for == 0) arrived_.erase(number);
  current_ = 0;
  if (work_.one_by_one) {
    if (auto turned = turn_all(); !turned) return turned;
  }
  for (std::size_t i = 0; i < lanes_.size(); ++i) {
    if (!lanes_[i].due()) continue;
    if (auto turned = turn(i); !turned) return turned;
  }
  return any_lane_left();
}

// Without a size only --max-size bounds a message. LIST may give one later, and
// --max-size may be raised: so it is asked for again in each run.
Result<void> FetchReceiver::skip_too_large(std::uint32_t number) {
  const auto name = journal_name(work_.maildrop, number);
  bool said = false;
  for (auto& journal : work_.journals) said |= journal->skip_was_said(name);
  auto& message = work_.plan[number - 1];
  message.action = FetchAction::skip;
  message.reason = PlanReason::too_large;
  if (!said && !name.uid.empty()) {
    for (auto& journal : work_.journals) {
      journal->add_skip_said(name);
      if (auto noted = journal->append(); !noted) return noted;
    }
  }
  return work_.report.skipped(work_.maildrop, number, "larger than --max-size",
                              said);
}

void FetchReceiver::discard() {
  for (auto& lane : lanes_) lane.discard();
  current_ = 0;
}

Result<void> FetchReceiver::turn(std::size_t lane) {
  for (const auto& answer : lanes_[lane].turn()) {
    if (auto told = answered(lane, answer); !told) return told;
  }
  return {};
}

// Twice: what is sealed in the first turn is answered for in the second.
Result<void> FetchReceiver::turn_all() {
  for (int round = 0; round < 2; ++round) {
    for (std::size_t i = 0; i < lanes_.size(); ++i) {
      if (auto turned = turn(i); !turned) return turned;
    }
  }
  return {};
}

Result<void> FetchReceiver::answered(std::size_t lane,
                                     const LaneAnswer& answer) {
  const auto number = answer.message.number;
  auto& arrived = arrived_[number];
  arrived.waits_for &= static_cast<std::uint8_t>(~bit(lane));
  if (answer.delivery.outcome == Delivery::Outcome::delivered) {
    arrived.delivered |= bit(lane);
    work_.blame.delivered(lane);
    if (!answer.delivery.path.empty()) {
      arrived.paths.push_back(answer.delivery.path);
    }
  } else if (auto told = not_delivered(answer, lane); !told) {
    return told;
  }
  if (arrived.waits_for != 0) return {};
  const auto whole = std::move(arrived);
  arrived_.erase(number);
  auto& plan = work_.plan[number - 1];
  if (whole.delivered != plan.wanted) return {};
  plan.safe = true;
  return work_.report.fetched(work_.maildrop, number, whole.octets,
                              whole.paths);
}

Result<void> FetchReceiver::not_delivered(const LaneAnswer& answer,
                                          std::size_t lane) {
  const auto outcome = answer.delivery.outcome;
  // A lane that broke is told of once.
  if (outcome == Delivery::Outcome::broken) return {};
  std::string reason = answer.delivery.why->one_line();
  if (lanes_.size() > 1) {
    reason = work_.options.destinations[lane].to_string() + ": " + reason;
  }
  const bool later = outcome == Delivery::Outcome::later;
  return note_failure(
      work_, {.number = answer.message.number,
              .reason = std::move(reason),
              .blame = later ? Blame::nobody : Blame::destination,
              .destinations = bit(lane),
              .status = later ? ExitStatus::temp_fail : ExitStatus::io_err});
}

Result<void> FetchReceiver::refused(std::uint32_t number, const Error& why) {
  work_.order.answered();
  // "Not now" says nothing about the message.
  const bool not_now = why.kind == ErrorKind::deferred;
  return note_failure(work_,
                      {.number = number,
                       .reason = why.one_line(),
                       .blame = not_now ? Blame::nobody : Blame::message});
}

Result<void> FetchReceiver::commit() {
  if (auto turned = turn_all(); !turned) return turned;
  const auto left = any_lane_left();
  for (const auto& lane : lanes_) {
    const bool first = !left && &lane == lanes_.data();
    if (!lane.usable() && !first) work_.report.ended_by(*lane.failure());
    work_.destination_broke |= !lane.usable();
  }
  return left;
}

}  // namespace mailtool::app
