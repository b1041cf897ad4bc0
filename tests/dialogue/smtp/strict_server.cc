#include "dialogue/smtp/strict_server.h"

#include <algorithm>

#include "mailtool/base/printable.h"

namespace mailtool::test {

StrictServer::StrictServer(std::vector<std::string> offers, bool distant)
    : offers_(std::move(offers)),
      distant_(distant),
      replies_("220 strict.example\r\n") {}

bool StrictServer::offered(std::string_view keyword) const {
  return std::find(offers_.begin(), offers_.end(), keyword) != offers_.end();
}

Result<std::size_t> StrictServer::read_some(std::span<char> into) {
  if (replies_.empty()) {
    fault("the client waits for what will not come");
    return Error{ErrorKind::timed_out, "no answer in time"};
  }
  if (!std::exchange(waited_, true)) ++round_trips_;
  const auto count = std::min(into.size(), replies_.size());
  std::copy_n(replies_.begin(), count, into.begin());
  replies_.erase(0, count);
  return count;
}

Result<void> StrictServer::write_all(std::string_view octets) {
  waited_ = false;
  take(octets);
  return {};
}

Result<void> StrictServer::start_tls() {
  return Error{ErrorKind::internal, "no TLS here"};
}

void StrictServer::take(std::string_view octets) {
  while (!octets.empty()) {
    std::size_t used = 0;
    if (state_ == State::data) {
      used = unstuffer_.feed(octets, message_);
      if (unstuffer_.done()) end_message();
    } else if (state_ == State::chunk) {
      used = static_cast<std::size_t>(
          std::min<std::uint64_t>(chunk_left_, octets.size()));
      message_ += octets.substr(0, used);
      chunk_left_ -= used;
    } else {
      used = take_line(octets);
    }
    octets.remove_prefix(used);
    if (state_ == State::chunk && chunk_left_ == 0) {
      state_ = State::commands;
      if (chunk_last_) {
        end_message();
      } else {
        reply("250 chunk taken");
      }
    }
  }
}

std::size_t StrictServer::take_line(std::string_view octets) {
  const auto lf = octets.find('\n');
  const auto used = lf == octets.npos ? octets.size() : lf + 1;
  line_ += octets.substr(0, used);
  if (lf == octets.npos) return used;
  const auto line = std::exchange(line_, "");
  if (!line.ends_with("\r\n")) fault("a command without CRLF");
  const auto command = smtp::parse_command(line.substr(0, line.size() - 2));
  if (command) {
    obey(*command);
  } else {
    fault(printable(line, 100) + command.error().what);
    reply("500 what");
  }
  return used;
}

void StrictServer::obey(const smtp::Command& command) {
  if (std::holds_alternative<smtp::Hello>(command)) {
    reply(offers_.empty() ? "250 strict.example" : "250-strict.example");
    for (const auto& line : offers_) {
      reply((&line == &offers_.back() ? "250 " : "250-") + line);
    }
    state_ = State::commands;
  } else if (const auto* bdat = std::get_if<smtp::Bdat>(&command)) {
    if (!offered("CHUNKING")) fault("BDAT was not offered");
    ++chunks_;
    chunk_left_ = bdat->octets;
    chunk_last_ = bdat->last;
    state_ = State::chunk;
  } else if (const auto* plain = std::get_if<smtp::Plain>(&command)) {
    if (plain->verb == "DATA") {
      reply("354 go ahead");
      unstuffer_ = {};
      state_ = State::data;
    } else {
      reply(plain->verb == "QUIT" ? "221 bye" : "250 ok");
    }
  } else {
    reply("250 ok");
  }
}

void StrictServer::end_message() {
  messages_.push_back(std::exchange(message_, ""));
  state_ = State::commands;
  reply("250 queued");
}

}  // namespace mailtool::test
