#include "app/fetch_receiver.h"

#include <algorithm>

#include "app/fetch_failure.h"

namespace mailtool::app {
namespace {

// A batch costs a few syncs, whatever is in it.
constexpr std::size_t kBatchMessages = 100;
static_assert(kBatchMessages < store::Maildir::kMaxUncommitted);
constexpr std::uint64_t kBatchOctets = 64 * 1024 * 1024;

}  // namespace

void LineEndConverter::convert(std::string_view octets, std::string& to) {
  if (octets.empty()) return;
  if (held_cr_ && octets[0] != '\n') to += '\r';
  held_cr_ = false;
  for (std::size_t begin = 0; begin < octets.size();) {
    const auto cr = octets.find('\r', begin);
    to += octets.substr(begin, cr == octets.npos ? cr : cr - begin);
    if (cr == octets.npos) return;
    if (cr + 1 == octets.size()) {
      held_cr_ = true;
    } else if (octets[cr + 1] != '\n') {
      to += '\r';
    }
    begin = cr + 1;
  }
}

void LineEndConverter::finish(std::string& to) {
  if (held_cr_) to += '\r';
  held_cr_ = false;
}

bool FetchReceiver::wanted_by(std::uint32_t number, std::size_t i) const {
  return (work_.plan[number - 1].wanted >> i & 1) != 0;
}

std::optional<client::MessageRequest> FetchReceiver::next() {
  return work_.order.next();
}

Result<void> FetchReceiver::begin(std::uint32_t number) {
  work_.plan[number - 1].retrieved = true;
  current_ = number;
  octets_ = 0;
  digest_ = {};
  line_ends_ = {};
  for (std::size_t i = 0; i < work_.destinations.size(); ++i) {
    if (!wanted_by(number, i)) continue;
    if (auto begun = work_.destinations[i]->begin(); !begun) return begun;
  }
  return {};
}

Result<void> FetchReceiver::to_destinations(std::string_view text) {
  if (text.empty()) return {};
  for (std::size_t i = 0; i < work_.destinations.size(); ++i) {
    if (!wanted_by(current_, i)) continue;
    if (auto done = work_.destinations[i]->write(text); !done) return done;
  }
  return {};
}

Result<void> FetchReceiver::write(std::string_view octets) {
  octets_ += octets.size();
  work_.report.received(octets.size());
  const auto& limit = work_.options.max_size;
  if (limit && octets_ > *limit) {
    return Error{ErrorKind::protocol, "message " + std::to_string(current_) +
                                          " is larger than LIST said and than"
                                          " --max-size"};
  }
  digest_.update(octets);
  text_.clear();
  line_ends_.convert(octets, text_);
  return to_destinations(text_);
}

// The same for the same message in every run, and different for another one:
// it covers account, unique-id and content. Only where ids do not tell
// messages apart, equal contents in one session are numbered.
Result<store::DeliveryKey> FetchReceiver::key_of(std::uint32_t number) {
  const auto content = hex(digest_.finish());
  const auto base = work_.identity + '\n' +
                    std::string(work_.maildrop.uid(number)) + '\n' + content;
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
  if (octets_ == 0 && work_.maildrop.octets(number).value_or(0) > 0) {
    discard();
    const auto listed = std::to_string(*work_.maildrop.octets(number));
    return note_failure(
        work_,
        {.number = number,
         .reason = "the server sent nothing, LIST says " + listed + " octets"});
  }
  text_.clear();
  line_ends_.finish(text_);
  if (auto done = to_destinations(text_); !done) return done;
  const auto key = key_of(number);
  if (!key) return key.error();

  Arrived arrived{number, octets_, 0};
  for (std::size_t i = 0; i < work_.destinations.size(); ++i) {
    if (!wanted_by(number, i)) continue;
    auto& destination = *work_.destinations[i];
    const auto there = destination.holds(*key);
    if (!there) return there.error();
    if (*there) {
      destination.discard();
      continue;
    }
    if (auto ended = destination.end(*key); !ended) return ended;
    arrived.delivered |= static_cast<std::uint8_t>(1u << i);
  }
  current_ = 0;
  arrived_.push_back(arrived);
  arrived_octets_ += octets_;
  if (arrived_.size() < kBatchMessages && arrived_octets_ < kBatchOctets) {
    return {};
  }
  return commit();
}

void FetchReceiver::discard() {
  for (auto& destination : work_.destinations) destination->discard();
  current_ = 0;
}

Result<void> FetchReceiver::refused(std::uint32_t number, const Error& why) {
  work_.order.answered();
  // "Not now" says nothing about the message.
  return note_failure(work_, {.number = number,
                              .reason = why.one_line(),
                              .counts = why.kind != ErrorKind::deferred});
}

Result<void> FetchReceiver::commit() {
  const auto batch = std::exchange(arrived_, {});
  arrived_octets_ = 0;
  for (auto& destination : work_.destinations) {
    if (auto safe = destination->commit(); !safe) return safe;
  }
  for (std::size_t i = 0; i < work_.journals.size(); ++i) {
    for (const auto& message : batch) {
      const auto name = journal_name(work_.maildrop, message.number);
      // With --all it may stand there already.
      const bool again = (work_.plan[message.number - 1].had >> i & 1) != 0;
      if (name.uid.empty() || again || !wanted_by(message.number, i)) continue;
      work_.journals[i]->add_fetched(name);
    }
    if (auto safe = work_.journals[i]->commit(); !safe) return safe;
  }
  std::vector<std::size_t> next_path(work_.destinations.size(), 0);
  for (const auto& message : batch) {
    work_.plan[message.number - 1].safe = true;
    std::string path;
    for (std::size_t i = 0; i < work_.destinations.size(); ++i) {
      if ((message.delivered >> i & 1) == 0) continue;
      const auto& paths = work_.destinations[i]->paths();
      if (next_path[i] < paths.size()) {
        const auto& file = paths[next_path[i]++];
        if (path.empty()) path = file;
      }
    }
    if (auto told = work_.report.fetched(work_.maildrop, message.number,
                                         message.octets, path);
        !told) {
      return told;
    }
  }
  return {};
}

}  // namespace mailtool::app
