#include "mailtool/pop3/multiline.h"

namespace mailtool::pop3 {

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
  for (std::size_t i = 0; i < input.size(); ++i) {
    const char c = input[i];
    switch (state_) {
      case State::line_start:
        if (c == '.') {
          if (auto put_out = put(input.substr(kept, i - kept), out); !put_out) {
            return put_out.error();
          }
          kept = i + 1;
          state_ = State::dot;
          continue;
        }
        break;
      case State::dot:
        if (c == '\r') {
          // Held back: content or half of the end, the next octet tells.
          kept = i + 1;
          state_ = State::dot_cr;
          continue;
        }
        if (bare && c == '\n') {
          state_ = State::done;
          return i + 1;
        }
        break;
      case State::dot_cr:
        if (c == '\n') {
          state_ = State::done;
          return i + 1;
        }
        if (auto put_out = put("\r", out); !put_out) return put_out.error();
        kept = i;
        break;
      case State::in_line: {
        // Most octets are here: run to the next that can matter.
        const auto next = input.find(bare ? '\n' : '\r', i);
        if (next == input.npos) {
          i = input.size() - 1;
          continue;
        }
        i = next;
        state_ = bare ? State::line_start : State::cr;
        continue;
      }
      case State::cr:
        if (c == '\n') {
          state_ = State::line_start;
          continue;
        }
        break;
      case State::done: break;
    }
    state_ = c == '\r' && !bare  ? State::cr
             : c == '\n' && bare ? State::line_start
                                 : State::in_line;
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
