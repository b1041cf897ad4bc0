#include "mailtool/smtp/data_stuffing.h"

#include <algorithm>
#include <array>
#include <cstring>

namespace mailtool::smtp {
namespace {

// Eight octets at a time: bodies are long and mostly ASCII.
bool has_8bit(std::string_view text) {
  constexpr std::uint64_t kHighBits = 0x8080808080808080;
  std::size_t i = 0;
  for (; i + 8 <= text.size(); i += 8) {
    std::uint64_t eight;
    std::memcpy(&eight, text.data() + i, 8);
    if ((eight & kHighBits) != 0) return true;
  }
  for (; i < text.size(); ++i) {
    if (static_cast<unsigned char>(text[i]) >= 0x80) return true;
  }
  return false;
}

}  // namespace

// Part of a line: no LF and no CR in it.
Result<void> DataStuffer::append(std::string_view part, std::string& wire) {
  if (part.empty()) return {};
  if (rules_.refuse_nul && part.find('\0') != part.npos) {
    return Error{ErrorKind::bad_input,
                 "NUL in line " + std::to_string(facts_.lines + 1) +
                     " of the message"};
  }
  if (rules_.dots && line_octets_ == 0 && part[0] == '.') wire += '.';
  wire += part;
  line_octets_ += part.size();
  facts_.octets += part.size();
  if (!facts_.eight_bit) facts_.eight_bit = has_8bit(part);
  return {};
}

Result<void> DataStuffer::bare_cr(std::string& wire) {
  pending_cr_ = false;
  if (rules_.refuse_bare_cr) {
    return Error{ErrorKind::bad_input,
                 "bare CR in line " + std::to_string(facts_.lines + 1) +
                     " of the message"};
  }
  end_line(wire);
  return {};
}

void DataStuffer::end_line(std::string& wire) {
  wire += "\r\n";
  ++facts_.lines;
  facts_.octets += 2;
  if (line_octets_ > kMaxTextLine) {
    ++facts_.long_lines;
    if (facts_.first_long_line == 0) facts_.first_long_line = facts_.lines;
  }
  line_octets_ = 0;
}

Result<void> DataStuffer::feed(std::string_view octets, std::string& wire) {
  std::size_t begin = 0;
  std::size_t lf = 0;  // the first LF at or after `begin`, once looked for
  bool lf_known = false;
  while (begin < octets.size()) {
    if (pending_cr_ && octets[begin] != '\n') {
      if (auto taken = bare_cr(wire); !taken) return taken;
    }
    if (!lf_known || lf < begin) {
      lf = std::min(octets.find('\n', begin), octets.size());
      lf_known = true;
    }
    const auto line = octets.substr(begin, lf - begin);
    const auto cr = line.find('\r');
    if (auto taken = append(line.substr(0, cr), wire); !taken) return taken;
    if (cr != line.npos) {
      pending_cr_ = true;  // what follows it decides
      begin += cr + 1;
      continue;
    }
    if (lf == octets.size()) return {};
    pending_cr_ = false;
    end_line(wire);
    begin = lf + 1;
  }
  return {};
}

Result<void> DataStuffer::finish(std::string& wire) {
  if (pending_cr_) {
    if (auto taken = bare_cr(wire); !taken) return taken;
  }
  if (line_octets_ > 0) end_line(wire);
  if (rules_.dots) wire += ".\r\n";
  return {};
}

Result<TextFacts> examine(Source& message, const TextRules& rules) {
  DataStuffer stuffer(rules);
  std::array<char, 64 * 1024> buffer;
  std::string wire;
  for (;;) {
    const auto count = message.read_some(buffer);
    if (!count) return count.error();
    wire.clear();
    if (*count == 0) break;
    if (auto fed = stuffer.feed({buffer.data(), *count}, wire); !fed) {
      return std::move(fed).error();
    }
  }
  if (auto ended = stuffer.finish(wire); !ended) {
    return std::move(ended).error();
  }
  return stuffer.facts();
}

std::size_t DataUnstuffer::feed(std::string_view wire, std::string& message) {
  for (std::size_t i = 0; i < wire.size(); ++i) {
    if (state_ == State::done) return i;
    if (state_ == State::text) {
      const auto cr = std::min(wire.find('\r', i), wire.size());
      message.append(wire.substr(i, cr - i));
      i = cr;
      if (i == wire.size()) break;
    }
    const char c = wire[i];
    switch (state_) {
      case State::line_start:
        if (c == '.') {
          state_ = State::dot;
          continue;  // taken off, whatever follows
        }
        break;
      case State::dot:
        if (c == '\r') {
          state_ = State::dot_cr;
          continue;
        }
        break;
      case State::dot_cr:
        if (c == '\n') {
          state_ = State::done;
          continue;
        }
        message += '\r';
        break;
      case State::cr:
        if (c == '\n') {
          message += c;
          state_ = State::line_start;
          continue;
        }
        break;
      case State::text:
      case State::done: break;
    }
    message += c;
    state_ = c == '\r' ? State::cr : State::text;
  }
  return wire.size();
}

}  // namespace mailtool::smtp
