#include "support/dialogue_stream.h"

#include <algorithm>

#include "mailtool/base/printable.h"

namespace mailtool::test {
namespace {

constexpr std::string_view kWildcard = "****";

TlsInfo some_tls() {
  return {"TLSv1.3",
          "TLS_AES_256_GCM_SHA384",
          {{"tls-exporter", std::string(32, 'x')}},
          false};
}

}  // namespace

Error DialogueStream::fail(std::string what) {
  if (mismatch_.empty()) {
    const int line = step_ < dialogue_.size() ? dialogue_[step_].line : -1;
    mismatch_ = "dialogue line " + std::to_string(line) + ": " + what;
  }
  return Error{ErrorKind::internal, mismatch_};
}

Result<std::size_t> DialogueStream::read_some(std::span<char> into) {
  if (!mismatch_.empty()) return Error{ErrorKind::internal, mismatch_};
  if (step_ == dialogue_.size()) return std::size_t{0};
  switch (dialogue_[step_].kind) {
    case Step::Kind::client:
      return fail("the client reads where it should send " +
                  printable(dialogue_[step_].octets.substr(offset_)));
    case Step::Kind::tls:
    case Step::Kind::tls_fails:
      return fail("the client reads where TLS should start");
    case Step::Kind::server_closes: return std::size_t{0};
    case Step::Kind::server_stalls:
      ++step_;
      return Error{ErrorKind::timed_out, "no answer in time"};
    case Step::Kind::server: break;
  }
  // As the network would: lines of one flight arrive together.
  const auto limit = std::min(chunk_, into.size());
  std::size_t count = 0;
  while (count < limit && step_ < dialogue_.size() &&
         dialogue_[step_].kind == Step::Kind::server) {
    const std::string_view rest =
        std::string_view(dialogue_[step_].octets).substr(offset_);
    const auto take = std::min(limit - count, rest.size());
    std::copy_n(rest.begin(), take,
                into.begin() + static_cast<std::ptrdiff_t>(count));
    count += take;
    offset_ += take;
    if (offset_ == dialogue_[step_].octets.size()) {
      ++step_;
      offset_ = 0;
    }
  }
  return count;
}

bool DialogueStream::readable() {
  return step_ < dialogue_.size() &&
         dialogue_[step_].kind == Step::Kind::server;
}

Result<bool> DialogueStream::await_readable(std::chrono::milliseconds) {
  if (step_ == dialogue_.size()) return true;
  if (dialogue_[step_].kind == Step::Kind::server_stalls) {
    ++step_;
    return false;
  }
  return dialogue_[step_].kind == Step::Kind::server ||
         dialogue_[step_].kind == Step::Kind::server_closes;
}

Result<void> DialogueStream::write_all(std::string_view octets) {
  if (!mismatch_.empty()) return Error{ErrorKind::internal, mismatch_};
  const std::string sent = printable(octets);
  while (!octets.empty()) {
    if (step_ == dialogue_.size()) return fail("unexpected: " + sent);
    const auto& step = dialogue_[step_];
    // A server that is gone, or has hung, still takes what is sent.
    if (step.kind == Step::Kind::server_closes) return {};
    if (step.kind == Step::Kind::server_stalls) return {};
    if (step.kind != Step::Kind::client) {
      return fail("the client sends before its turn: " + sent);
    }
    const std::string_view rest = std::string_view(step.octets).substr(offset_);
    if (wildcard_) {
      if (octets[0] != '\r') {
        octets.remove_prefix(1);
        continue;
      }
      wildcard_ = false;
      offset_ += kWildcard.size();
      continue;
    }
    if (rest.starts_with(kWildcard)) {
      wildcard_ = true;
      continue;
    }
    const auto same =
        std::mismatch(rest.begin(), rest.end(), octets.begin(), octets.end());
    auto count = static_cast<std::size_t>(same.first - rest.begin());
    const auto star = rest.find(kWildcard);
    if (star != rest.npos) count = std::min(count, star);
    if (count == 0) {
      return fail("expected " + printable(rest) + ", got " + printable(octets));
    }
    octets.remove_prefix(count);
    offset_ += count;
    if (offset_ == step.octets.size()) {
      ++step_;
      offset_ = 0;
    }
  }
  return {};
}

Result<void> DialogueStream::start_tls() {
  if (!mismatch_.empty()) return Error{ErrorKind::internal, mismatch_};
  if (step_ < dialogue_.size()) {
    const auto kind = dialogue_[step_].kind;
    if (kind == Step::Kind::tls) {
      ++step_;
      if (!tls_) tls_ = some_tls();
      return {};
    }
    if (kind == Step::Kind::tls_fails) {
      ++step_;
      return Error{ErrorKind::untrusted, "certificate not proved"};
    }
    // What a TLS library says of plain text where a ServerHello should be.
    if (kind == Step::Kind::server) {
      return Error{ErrorKind::protocol, "plain text where TLS should start"};
    }
  }
  return fail("TLS starts out of turn");
}

std::string DialogueStream::unplayed() const {
  if (!mismatch_.empty()) return mismatch_;
  std::string left;
  for (auto i = step_; i < dialogue_.size(); ++i) {
    if (dialogue_[i].kind == Step::Kind::server_closes) continue;
    left += "line " + std::to_string(dialogue_[i].line) + ": " +
            printable(dialogue_[i].octets) + "\n";
  }
  return left;
}

}  // namespace mailtool::test
