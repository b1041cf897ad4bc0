#include "mailtool/signing/body_hash.h"

#include <algorithm>
#include <map>

#include "signing/digest.h"

namespace mailtool::signing {

// Takes the canonical octets. `at` has a place for each limit wanted; the hash
// is taken as it stands when the limit is reached.
struct BodyHashes::Stream : Sink {
  explicit Stream(Canonicalization kind) : canonical(kind, *this) {}

  Result<void> write(std::string_view octets) override {
    while (next != limits.end() && next->first - total <= octets.size()) {
      const auto count = static_cast<std::size_t>(next->first - total);
      digest.update(octets.substr(0, count));
      octets.remove_prefix(count);
      total += count;
      if (auto taken = take(next->second); !taken) return taken;
      ++next;
    }
    digest.update(octets);
    total += octets.size();
    return {};
  }

  Result<void> take(Digest256& into) const {
    const auto hash = digest.so_far();
    if (!hash) return Error{ErrorKind::internal, "SHA-256 failed"};
    into = *hash;
    return {};
  }

  using Limits = std::map<std::uint64_t, Digest256>;
  BodyCanonicalizer canonical;
  Digest digest;
  Limits limits;
  Limits::iterator next;  // the first limit not reached
  std::uint64_t total = 0;
  Digest256 whole{};
};

BodyHashes::BodyHashes() = default;
BodyHashes::~BodyHashes() = default;

void BodyHashes::want(Canonicalization kind,
                      std::optional<std::uint64_t> limit) {
  auto& stream = streams_[static_cast<std::size_t>(kind)];
  if (!stream) stream = std::make_unique<Stream>(kind);
  if (limit) stream->limits.try_emplace(*limit);
  stream->next = stream->limits.begin();
}

bool BodyHashes::wanted() const noexcept {
  return streams_[0] != nullptr || streams_[1] != nullptr;
}

Result<void> BodyHashes::write(std::string_view octets) {
  for (const auto& stream : streams_) {
    if (!stream) continue;
    if (auto written = stream->canonical.write(octets); !written)
      return written;
  }
  return {};
}

Result<void> BodyHashes::finish() {
  for (const auto& stream : streams_) {
    if (!stream) continue;
    if (auto ended = stream->canonical.finish(); !ended) return ended;
    // A limit of nothing is reached without an octet having been written.
    if (auto ended = stream->write({}); !ended) return ended;
    if (auto taken = stream->take(stream->whole); !taken) return taken;
  }
  return {};
}

BodyHash BodyHashes::hash(Canonicalization kind,
                          std::optional<std::uint64_t> limit) const {
  const auto& stream = *streams_[static_cast<std::size_t>(kind)];
  BodyHash hash{stream.whole, stream.total, false};
  if (!limit) return hash;
  hash.too_short = *limit > stream.total;
  if (!hash.too_short) hash.digest = stream.limits.at(*limit);
  return hash;
}

}  // namespace mailtool::signing
