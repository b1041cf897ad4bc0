#include "app/verify_smime.h"

#include <algorithm>
#include <array>
#include <cstring>
#include <optional>

#include "mailtool/base/ascii.h"
#include "mailtool/mime/address.h"
#include "mailtool/mime/parameter.h"

namespace mailtool::app {
namespace {

using mime::kNoPart;
using mime::Part;
using mime::Structure;
using signing::SmimeResult;
using signing::SmimeVerdict;

// Octets of an input, read as they are asked for.
class RangeSource : public Source {
 public:
  RangeSource(const RandomAccess& input, std::uint64_t offset,
              std::uint64_t length)
      : input_(input), offset_(offset), left_(length) {}

  Result<std::size_t> read_some(std::span<char> into) override {
    const auto wanted = std::min<std::uint64_t>(into.size(), left_);
    if (wanted == 0) return std::size_t{0};
    SpanSink sink(into);
    if (auto copied = input_.copy(offset_, wanted, sink); !copied)
      return std::move(copied).error();
    offset_ += sink.used;
    left_ = sink.used == 0 ? 0 : left_ - sink.used;
    return sink.used;
  }

 private:
  struct SpanSink : Sink {
    explicit SpanSink(std::span<char> to) : into(to) {}
    Result<void> write(std::string_view octets) override {
      const auto count = std::min(octets.size(), into.size() - used);
      std::memcpy(into.data() + used, octets.data(), count);
      used += count;
      return {};
    }
    std::span<char> into;
    std::size_t used = 0;
  };

  const RandomAccess& input_;
  std::uint64_t offset_;
  std::uint64_t left_;
};

// Keeps one octet more than the limit, so that the reader sees it is too much.
class CappedSink : public Sink {
 public:
  explicit CappedSink(std::size_t limit) : limit_(limit) {}
  Result<void> write(std::string_view octets) override {
    text += octets.substr(0, limit_ + 1 - text.size());
    return {};
  }
  std::string text;

 private:
  std::size_t limit_;
};

// One message on its way through the checks.
class Check {
 public:
  Check(const VerifyInput& message, LazyTrust& trust, std::int64_t now)
      : message_(message),
        structure_(message.structure),
        trust_(trust),
        now_(now) {}

  Result<SignedParts> run() {
    SignedParts done;
    for (std::uint32_t i = 0; i < structure_.parts.size(); ++i) {
      if (!is_signed(i)) continue;
      if (done.parts.size() == kMaxSignedParts) {
        ++done.not_checked;
        continue;
      }
      auto result = check(i);
      if (!result) return std::move(result).error();
      done.parts.push_back({structure_.id(i), i == 0, std::move(*result)});
    }
    return done;
  }

 private:
  [[nodiscard]] bool is_signed(std::uint32_t index) const {
    const auto& part = structure_.parts[index];
    const auto type = structure_.type(part);
    if (type == "multipart/signed") return true;
    if (type != "application/pkcs7-mime" && type != "application/x-pkcs7-mime")
      return false;
    // Certificates alone are no signature (RFC 8551 section 3.8).
    return part.is_leaf() && parameter(part, "smime-type") != "certs-only";
  }

  [[nodiscard]] std::string parameter(const Part& part,
                                      std::string_view name) const {
    const auto value = structure_.value_of(part, "Content-Type");
    if (!value) return "";
    const auto read = mime::parse_parameters(*value);
    const auto* found = read.find(name);
    return found == nullptr ? "" : lower(*found);
  }

  Result<SmimeResult> check(std::uint32_t index) {
    const auto& part = structure_.parts[index];
    from_ = from_addresses(structure_, root_of(part));
    return structure_.type(part) == "multipart/signed" ? check_detached(index)
                                                       : check_opaque(part);
  }

  [[nodiscard]] const Part& root_of(const Part& part) const {
    const auto* root = &part;
    while (!root->is_message_root && root->parent != kNoPart)
      root = &structure_.parts[root->parent];
    return *root;
  }

  [[nodiscard]] signing::SmimeContext context() const { return {from_, now_}; }

  static SmimeResult unsupported(std::string reason) {
    SmimeResult result;
    result.reason = std::move(reason);
    return result;
  }

  // The first two children and how many there are in all; a third one is
  // enough to know.
  std::pair<std::array<const Part*, 2>, int> children(
      std::uint32_t index) const {
    std::array<const Part*, 2> first{};
    int count = 0;
    const auto depth = structure_.parts[index].depth;
    for (auto i = index + 1; i < structure_.parts.size() && count < 3; ++i) {
      const auto& part = structure_.parts[i];
      if (part.depth <= depth) break;
      if (part.parent != index) continue;
      if (count < 2) first[static_cast<std::size_t>(count)] = &part;
      ++count;
    }
    return {first, count};
  }

  Result<SmimeResult> check_detached(std::uint32_t index) {
    const auto& part = structure_.parts[index];
    const auto [child, count] = children(index);
    auto protocol = parameter(part, "protocol");
    if (protocol.empty() && child[1] != nullptr)
      protocol = structure_.type(*child[1]);
    if (protocol == "application/pgp-signature")
      return unsupported("not checked: OpenPGP");
    if (protocol != "application/pkcs7-signature" &&
        protocol != "application/x-pkcs7-signature") {
      return unsupported("the protocol is not known");
    }
    if (count != 2 || !child[1]->is_leaf()) {
      SmimeResult result;
      result.verdict = SmimeVerdict::fail;
      result.reason = "there are not a content and a signature, and no more";
      return result;
    }
    auto signature = decoded(*child[1], signing::kMaxDetachedSignature);
    if (!signature) return std::move(signature).error();
    auto trust = trust_.get();
    if (!trust) return std::move(trust).error();
    // The content is signed with its header, as it stands.
    const auto begin = child[0]->header.offset;
    RangeSource content(message_.input, message_.offset + begin,
                        child[0]->body.end() - begin);
    return signing::verify_detached(*signature, content, context(), **trust);
  }

  Result<SmimeResult> check_opaque(const Part& part) {
    auto octets = decoded(part, signing::kMaxOpaqueSignature);
    if (!octets) return std::move(octets).error();
    auto trust = trust_.get();
    if (!trust) return std::move(trust).error();
    return signing::verify_opaque(*octets, context(), **trust);
  }

  [[nodiscard]] Result<std::string> decoded(const Part& part,
                                            std::size_t limit) const {
    CappedSink sink(limit);
    const auto decoder = mime::make_decoder(part.transfer_encoding, sink);
    // No encoding makes four octets out of three.
    const auto length =
        std::min<std::uint64_t>(part.body.length, std::uint64_t{limit} * 4);
    auto copied = message_.input.copy(message_.offset + part.body.offset,
                                      length, *decoder);
    if (copied) copied = decoder->finish();
    if (!copied) return std::move(copied).error();
    return std::move(sink.text);
  }

  const VerifyInput& message_;
  const Structure& structure_;
  LazyTrust& trust_;
  std::int64_t now_;
  std::vector<std::string> from_;
};

}  // namespace

Result<const signing::SmimeTrust*> LazyTrust::get() {
  if (loaded_.empty()) {
    auto loaded = signing::SmimeTrust::load(ca_file_);
    if (!loaded) return std::move(loaded).error();
    loaded_.push_back(std::move(*loaded));
  }
  return static_cast<const signing::SmimeTrust*>(loaded_.data());
}

Result<SignedParts> verify_signed_parts(const VerifyInput& message,
                                        LazyTrust& trust, std::int64_t now) {
  return Check(message, trust, now).run();
}

std::vector<std::string> from_addresses(const Structure& structure,
                                        const Part& part) {
  std::vector<std::string> addresses;
  for (std::size_t i = 0; i < part.field_count; ++i) {
    const auto& field = structure.fields[part.first_field + i];
    if (field.id != mime::FieldId::from) continue;
    for (const auto& mailbox :
         mime::parse_address_list(structure.value(field)).mailboxes) {
      addresses.push_back(lower(mailbox.address));
    }
  }
  std::sort(addresses.begin(), addresses.end());
  addresses.erase(std::unique(addresses.begin(), addresses.end()),
                  addresses.end());
  return addresses;
}

}  // namespace mailtool::app
