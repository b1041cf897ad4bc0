#include "dialogue/pop3/virtual_server.h"

#include <algorithm>

namespace mailtool::test {
namespace {

constexpr std::size_t kPiece = 8 * 1024;

}  // namespace

VirtualServer::VirtualServer(VirtualLine line, Answers answers)
    : line_(line), answers_(std::move(answers)) {
  // As an answer to the client's arrival.
  say("+OK ready\r\n");
}

void VirtualServer::say(const std::string& answer) {
  line_free_ = std::max(line_free_, now_ + line_.round_trip / 2);
  for (std::size_t at = 0; at < answer.size(); at += kPiece) {
    auto piece = answer.substr(at, kPiece);
    line_free_ += static_cast<std::int64_t>(static_cast<double>(piece.size()) *
                                            1e6 / line_.octets_per_second);
    const bool arrives = piece.size() <= left_;
    left_ -= arrives ? piece.size() : left_;
    outstanding_ += piece.size();
    pieces_.push_back({arrives ? line_free_ + line_.round_trip / 2 : kNever,
                       std::move(piece)});
  }
  most_ = std::max(most_, outstanding_);
}

bool VirtualServer::readable() {
  return !pieces_.empty() && pieces_.front().arrives <= now_;
}

Result<std::size_t> VirtualServer::read_some(std::span<char> into) {
  if (now_ > deadline_ || pieces_.empty() ||
      pieces_.front().arrives > deadline_) {
    now_ = std::max(now_, deadline_);
    return Error{ErrorKind::timed_out, "no answer in time"};
  }
  auto& piece = pieces_.front();
  now_ = std::max(now_, piece.arrives);
  const auto count = std::min(into.size(), piece.octets.size() - offset_);
  std::copy_n(piece.octets.data() + offset_, count, into.data());
  offset_ += count;
  outstanding_ -= count;
  if (offset_ == piece.octets.size()) {
    pieces_.pop_front();
    offset_ = 0;
  }
  return count;
}

Result<void> VirtualServer::write_all(std::string_view octets) {
  commands_ += octets;
  std::size_t begin = 0;
  for (std::size_t end; (end = commands_.find("\r\n", begin)) != commands_.npos;
       begin = end + 2) {
    seen_.push_back(commands_.substr(begin, end - begin));
    say(answers_(seen_.back()));
  }
  commands_.erase(0, begin);
  return {};
}

VirtualServer::Answers maildrop_answers(std::uint32_t count, std::size_t octets,
                                        std::string capabilities) {
  const auto listing = [count](const std::string& value) {
    std::string text = "+OK\r\n";
    for (std::uint32_t n = 1; n <= count; ++n) {
      const auto number = std::to_string(n);
      text += number + " " + (value.empty() ? "uid-" + number : value) + "\r\n";
    }
    return text + ".\r\n";
  };
  std::string body;
  while (body.size() < octets) body += std::string(70, 'x') + "\r\n";
  return [=](const std::string& command) -> std::string {
    if (command == "CAPA") return "+OK\r\n" + capabilities + ".\r\n";
    if (command == "STAT") return "+OK " + std::to_string(count) + " 1\r\n";
    if (command == "LIST") return listing(std::to_string(body.size()));
    if (command == "UIDL") return listing("");
    if (command.starts_with("RETR")) return "+OK\r\n" + body + ".\r\n";
    return "+OK\r\n";
  };
}

}  // namespace mailtool::test
