#include "mailtool/pop3/multiline.h"

#include <algorithm>

namespace mailtool::pop3 {

namespace {

// One bit for "LF dot" anywhere in 64 octets: a loop of fixed length without
// branches, which compilers turn into vector instructions.
bool has_lf_dot(const char* octets) {
  unsigned char found = 0;
  for (std::size_t i = 0; i < 64; ++i) {
    found |= static_cast<unsigned char>(octets[i] == '\n') &
             static_cast<unsigned char>(octets[i + 1] == '.');
  }
  return found != 0;
}

// The dot of the first line after `from` that begins with one; the size of
// `input` when there is none. All but a few lines of a message are passed over
// here, so this is what a message costs.
std::size_t find_line_dot(std::string_view input, std::size_t from, bool bare) {
  std::size_t i = from;
  while (i + 1 < input.size()) {
    const std::size_t left = input.size() - i;
    if (left > 64 && !has_lf_dot(input.data() + i)) {
      i += 64;
      continue;
    }
    for (const auto end = i + std::min<std::size_t>(left - 1, 64); i < end;
         ++i) {
      if (input[i] != '\n' || input[i + 1] != '.') continue;
      if (bare || (i > from && input[i - 1] == '\r')) return i + 1;
    }
  }
  return input.size();
}

}  // namespace

// `run` began in a line and no line in it begins with a dot.
MultilineDecoder::State MultilineDecoder::state_after(
    std::string_view run) const {
  if (line_end_ == LineEnd::bare_lf) {
    return run.ends_with('\n') ? State::line_start : State::in_line;
  }
  return run.ends_with("\r\n") ? State::line_start
         : run.ends_with('\r') ? State::cr
                               : State::in_line;
}

Result<void> MultilineDecoder::put(std::string_view content, Sink& out) {
  if (content.empty()) return {};
  content_octets_ += content.size();
  return out.write(content);
}

// multi-line = *( line CRLF ) "." CRLF                 ; RFC 1939 section 3
//
// A line that begins with the termination octet has it doubled. A dot after a
// bare LF is content: whoever ends a message there can be made to read the
// rest of it as replies.
Result<std::size_t> MultilineDecoder::feed(std::string_view input, Sink& out) {
  const bool bare = line_end_ == LineEnd::bare_lf;
  std::size_t kept = 0;  // input[kept..i) is content not yet written
  std::size_t i = 0;
  while (i < input.size()) {
    const char c = input[i];
    switch (state_) {
      case State::in_line:
        if (const auto dot = find_line_dot(input, i, bare);
            dot < input.size()) {
          state_ = State::line_start;
          i = dot;
        } else {
          state_ = state_after(input.substr(i));
          i = input.size();
        }
        break;
      case State::line_start:
        if (c != '.') {
          state_ = State::in_line;
          break;
        }
        if (auto put_out = put(input.substr(kept, i - kept), out); !put_out) {
          return put_out.error();
        }
        kept = ++i;
        state_ = State::dot;
        break;
      case State::dot:
        if (c == '\r') {
          // Held back: content or half of the end, the next octet tells.
          kept = ++i;
          state_ = State::dot_cr;
        } else if (bare && c == '\n') {
          state_ = State::done;
          return i + 1;
        } else {
          state_ = State::in_line;
        }
        break;
      case State::dot_cr:
        if (c == '\n') {
          state_ = State::done;
          return i + 1;
        }
        if (auto put_out = put("\r", out); !put_out) return put_out.error();
        state_ = State::cr;
        break;
      case State::cr:
        state_ = c == '\n' ? State::line_start : State::in_line;
        if (c == '\n') ++i;
        break;
      case State::done: return i;
    }
  }
  if (auto put_out = put(input.substr(kept), out); !put_out) {
    return put_out.error();
  }
  return input.size();
}

Result<void> MultilineEncoder::write(std::string_view content) {
  std::size_t kept = 0;
  for (std::size_t i = 0; i < content.size(); ++i) {
    const char c = content[i];
    if (state_ == State::line_start && c == '.') {
      if (auto done = out_.write(content.substr(kept, i - kept)); !done) {
        return done;
      }
      if (auto done = out_.write("."); !done) return done;
      kept = i;
    }
    state_ = c == '\r'                          ? State::cr
             : c == '\n' && state_ == State::cr ? State::line_start
                                                : State::in_line;
  }
  return out_.write(content.substr(kept));
}

Result<void> MultilineEncoder::finish() {
  const bool open = state_ != State::line_start;
  state_ = State::line_start;
  return out_.write(open ? "\r\n.\r\n" : ".\r\n");
}

}  // namespace mailtool::pop3
