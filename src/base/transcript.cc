#include "mailtool/base/transcript.h"

#include <algorithm>

#include "mailtool/base/ascii.h"
#include "mailtool/base/printable.h"

namespace mailtool {
namespace {

// Longest line kept whole; a peer that sends no line ends cannot fill memory.
constexpr std::size_t kMaxLine = 4096;

constexpr std::string_view kMasked = "****";
// Shortest word of a reply that may be what ends an exchange; that of
// SCRAM-SHA-1 has 40 octets.
constexpr std::size_t kMinFinalData = 16;

// "AUTH SCRAM-SHA-256", "A1 AUTHENTICATE SCRAM-SHA-256": alone on a line.
bool begins_authentication(std::string_view shown) {
  if (shown.find('\n') + 1 != shown.size()) return false;
  if (shown.starts_with("AUTH ")) return true;
  const auto blank = shown.find(' ');
  return blank != shown.npos &&
         shown.substr(blank + 1).starts_with("AUTHENTICATE ");
}

// A line within an exchange that shows nothing: cancelled, and empty.
bool stays_within(std::string_view shown) {
  return shown == "*\r\n" || shown == "\r\n";
}

// A word of base64 that is no word of a language, number or capability.
bool is_data(std::string_view word) {
  if (word.size() < kMinFinalData) return false;
  const auto some = [&](auto is) {
    return std::any_of(word.begin(), word.end(), is);
  };
  const auto odd = [](char c) {
    return is_digit(c) || (c >= 'A' && c <= 'Z') || c == '+' || c == '/' ||
           c == '=';
  };
  const auto small = [](char c) { return c >= 'a' && c <= 'z'; };
  return some(small) && some(odd) &&
         std::all_of(word.begin(), word.end(),
                     [&](char c) { return odd(c) || small(c); });
}

// What a server says within an authentication, without its challenges and what
// it proves itself with: salt, count of iterations and signature are enough to
// try passwords without asking the server.
std::string without_challenge(std::string_view line) {
  for (const std::string_view start : {"+ ", "334 ", "334-"}) {
    if (!line.starts_with(start)) continue;
    auto text = line.substr(start.size());
    while (text.ends_with(' ')) text.remove_suffix(1);
    // One of several words is not base64, but meant for people.
    if (text.empty() || text.find(' ') != text.npos) break;
    return std::string(start) + std::string(kMasked);
  }
  std::string shown;
  while (true) {
    const auto blank = line.find(' ');
    const auto word = line.substr(0, blank);
    shown += is_data(word) ? kMasked : word;
    if (blank == line.npos) return shown;
    shown += ' ';
    line.remove_prefix(blank + 1);
  }
}

/// Forwards every call and tells the transcript what passed.
class TranscriptStream : public Stream {
 public:
  TranscriptStream(std::unique_ptr<Stream> inner, Transcript& transcript)
      : inner_(std::move(inner)), transcript_(transcript) {}

  Result<std::size_t> read_some(std::span<char> into) override {
    auto count = inner_->read_some(into);
    if (!count) {
      transcript_.comment(count.error().what);
    } else if (*count == 0) {
      transcript_.event("<server closes>");
    } else {
      transcript_.server({into.data(), *count});
    }
    return count;
  }

  [[nodiscard]] bool readable() override { return inner_->readable(); }
  Result<bool> await_readable(std::chrono::milliseconds budget) override {
    return inner_->await_readable(budget);
  }

  Result<void> write_all(std::string_view octets) override {
    transcript_.client(octets);
    transcript_.authenticates(
        begins_authentication(octets) ||
        (transcript_.authenticates() && stays_within(octets)));
    return inner_->write_all(octets);
  }

  Result<void> write_secret(std::string_view octets,
                            std::string_view shown) override {
    transcript_.client(shown);
    transcript_.authenticates(
        octets != shown || begins_authentication(shown) ||
        (transcript_.authenticates() && stays_within(shown)));
    // What is below may keep a transcript of its own.
    return inner_->write_secret(octets, shown);
  }

  Result<void> start_tls() override {
    auto done = inner_->start_tls();
    if (done) {
      transcript_.event("<TLS negotiation>");
    } else {
      transcript_.comment("TLS negotiation failed: " + done.error().what);
    }
    return done;
  }

  [[nodiscard]] std::optional<TlsInfo> tls() const override {
    return inner_->tls();
  }

  void set_deadline(std::chrono::milliseconds budget) override {
    inner_->set_deadline(budget);
  }

 private:
  std::unique_ptr<Stream> inner_;
  Transcript& transcript_;
};

}  // namespace

Transcript::~Transcript() { flush(); }

void Transcript::add(char side, std::string_view octets, std::string& partial) {
  if (broken_) return;
  // What the other side left unfinished stands before this in time.
  auto& other = side == 'C' ? server_line_ : client_line_;
  if (!other.empty()) {
    line(side == 'C' ? 'S' : 'C', other);
    other.clear();
  }
  while (!octets.empty()) {
    const auto lf = octets.find('\n');
    partial += octets.substr(0, lf);
    if (lf == octets.npos && partial.size() < kMaxLine) return;
    if (lf != octets.npos && partial.ends_with('\r')) partial.pop_back();
    line(side, partial);
    partial.clear();
    if (lf == octets.npos) return;
    octets.remove_prefix(lf + 1);
  }
}

void Transcript::line(char side, std::string_view text) {
  if (side != run_side_) end_run();
  run_side_ = side;
  ++run_lines_;
  if (elide_after_ > 0 && run_lines_ > elide_after_) return;
  const bool masked = authenticates_ && side == 'S';
  put(std::string(1, side) + ": " +
      printable(masked ? without_challenge(text) : text, kMaxLine));
}

void Transcript::end_run() {
  if (elide_after_ > 0 && run_lines_ > elide_after_) {
    put("# ... " + std::to_string(run_lines_ - elide_after_) +
        " more lines from " + (run_side_ == 'C' ? "the client" : "the server"));
  }
  run_side_ = 0;
  run_lines_ = 0;
}

void Transcript::flush() {
  if (!client_line_.empty()) line('C', client_line_);
  if (!server_line_.empty()) line('S', server_line_);
  client_line_.clear();
  server_line_.clear();
  end_run();
}

void Transcript::event(std::string_view what) {
  flush();
  put(what);
}

void Transcript::comment(std::string_view what) {
  flush();
  put("# " + printable(what));
}

void Transcript::put(std::string_view text) {
  if (broken_) return;
  broken_ = !sink_.write(std::string(text) + "\n");
}

std::unique_ptr<Stream> with_transcript(std::unique_ptr<Stream> inner,
                                        Transcript& transcript) {
  return std::make_unique<TranscriptStream>(std::move(inner), transcript);
}

}  // namespace mailtool
