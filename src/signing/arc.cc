#include "mailtool/signing/arc.h"

#include <array>

#include "mailtool/base/ascii.h"
#include "mailtool/signing/tag_list.h"
#include "signing/digest.h"
#include "signing/header_hash.h"
#include "signing/key_check.h"
#include "signing/message_check.h"

namespace mailtool::signing {
namespace {

constexpr std::string_view kNames[] = {"ARC-Authentication-Results",
                                       "ARC-Message-Signature", "ARC-Seal"};
constexpr std::size_t kAbsent = SIZE_MAX;

// arc-info = instance [CFWS] ";" authres-payload   ; RFC 8617 section 4.1.1
unsigned instance_of_results(std::string_view value) {
  const auto semicolon = value.find(';');
  if (semicolon == value.npos) return 0;
  const auto first = value.substr(0, semicolon + 1);
  const auto tags = TagList::parse(first);
  if (!tags || tags->tags().front().name != "i") return 0;
  const auto text = tags->tags().front().value;
  const auto number =
      text.size() <= 2 ? parse_number(text, kMaxArcSets) : std::nullopt;
  return static_cast<unsigned>(number.value_or(0));
}

unsigned instance_of(std::size_t kind, std::string_view value) {
  if (kind == 0) return instance_of_results(value);
  Signature signature;
  (void)read_signature(
      value, kind == 1 ? SignatureKind::arc_message : SignatureKind::arc_seal,
      signature);
  return signature.instance;
}

void fail(ArcReport& report, std::string reason) {
  report.verdict = Verdict::fail;
  report.reason = std::move(reason);
}

std::string numbered(std::string_view what, unsigned instance) {
  return std::string(what) + " " + std::to_string(instance);
}

// cv= says what the sealer found: nothing before the first seal, a whole chain
// before every other one (RFC 8617 section 5.2 step 3).
std::string wrong_chain(const std::vector<ArcInstance>& instances) {
  if (instances.back().seal.signature.chain == "fail")
    return "the chain was broken already when the last seal was made (cv=fail)";
  for (const auto& set : instances) {
    const auto& problem = set.seal;
    if (problem.verdict != Verdict::none)
      return numbered("seal", set.instance) + ": " + problem.reason;
    const auto* expected = set.instance == 1 ? "none" : "pass";
    if (set.seal.signature.chain != expected)
      return numbered("seal", set.instance) + " must say cv=" + expected;
  }
  return "";
}

// The worse of what is known so far and one more verdict.
void judge(ArcReport& report, const DkimResult& result, std::string what) {
  if (result.verdict == Verdict::pass || report.verdict == Verdict::fail)
    return;
  report.verdict =
      result.verdict == Verdict::temperror ? Verdict::temperror : Verdict::fail;
  report.reason = std::move(what) + ": " + result.reason;
}

}  // namespace

// Sorts the fields into sets. False when they make no chain.
bool ArcCheck::collect() {
  std::array<std::array<std::size_t, 3>, kMaxArcSets + 1> sets;
  for (auto& set : sets) set.fill(kAbsent);
  unsigned newest = 0;
  for (std::size_t i = 0; i < header_.size(); ++i) {
    const auto name = trim(header_[i].name);
    for (std::size_t kind = 0; kind < 3; ++kind) {
      if (!iequals(name, kNames[kind])) continue;
      const auto instance = instance_of(kind, header_[i].value);
      if (instance == 0) {
        fail(read_, std::string(kNames[kind]) + " has no i= from 1 to 50");
        return false;
      }
      auto& place = sets[instance][kind];
      if (place != kAbsent) {
        fail(read_,
             numbered(std::string(kNames[kind]), instance) + " stands twice");
        return false;
      }
      place = i;
      newest = std::max(newest, instance);
    }
  }
  for (unsigned instance = 1; instance <= newest; ++instance) {
    const auto& set = sets[instance];
    for (std::size_t kind = 0; kind < 3; ++kind) {
      if (set[kind] != kAbsent) continue;
      fail(read_,
           numbered(std::string(kNames[kind]), instance) + " is missing");
      return false;
    }
    fields_.push_back({set[0], set[1], set[2]});
  }
  return newest > 0;
}

ArcCheck::ArcCheck(std::span<const HeaderField> header,
                   std::span<const std::string> from_domains, std::int64_t now,
                   BodyHashes& bodies)
    : header_(header) {
  if (!collect()) return;
  for (std::size_t i = 0; i < fields_.size(); ++i) {
    ArcInstance set;
    set.instance = static_cast<unsigned>(i + 1);
    set.results = header[fields_[i].results].value;
    set.message_signature =
        begin_check(header, fields_[i].message_signature,
                    SignatureKind::arc_message, from_domains, now, bodies);
    set.seal = begin_check(header, fields_[i].seal, SignatureKind::arc_seal,
                           from_domains, now, bodies);
    read_.instances.push_back(std::move(set));
  }
  if (auto wrong = wrong_chain(read_.instances); !wrong.empty())
    fail(read_, std::move(wrong));
}

// Each seal covers, in relaxed form, all sets up to its own, itself last with
// b= emptied (RFC 8617 section 5.1.1): one running hash serves them all.
Result<void> ArcCheck::check_seals(ArcReport& report, KeySource& keys) const {
  constexpr auto kRelaxed = Canonicalization::relaxed;
  Digest digest;
  for (std::size_t i = 0; i < fields_.size(); ++i) {
    auto& seal = report.instances[i].seal;
    for (const auto index :
         {fields_[i].results, fields_[i].message_signature}) {
      digest.update(canonical_field(kRelaxed, header_[index]));
      digest.update("\r\n");
    }
    const auto& field = header_[fields_[i].seal];
    const auto emptied = without_signature(field.value, seal.signature);
    const auto hash =
        digest.so_far(canonical_field(kRelaxed, {field.name, emptied}));
    if (!hash) return Error{ErrorKind::internal, "SHA-256 failed"};
    digest.update(canonical_field(kRelaxed, field));
    digest.update("\r\n");
    if (auto checked = check_key(*hash, keys, seal); !checked) return checked;
  }
  return {};
}

Result<ArcReport> ArcCheck::report(const BodyHashes& bodies,
                                   KeySource& keys) const {
  auto report = read_;
  if (report.instances.empty() || report.verdict == Verdict::fail)
    return report;
  const HeaderIndex index(header_);
  for (auto& set : report.instances) {
    auto& result = set.message_signature;
    if (result.verdict != Verdict::none) continue;
    if (auto ended = end_check(index, bodies, keys, result); !ended)
      return std::move(ended).error();
  }
  if (auto checked = check_seals(report, keys); !checked)
    return std::move(checked).error();

  auto& sets = report.instances;
  report.verdict = Verdict::pass;
  judge(report, sets.back().message_signature,
        numbered("message signature", sets.back().instance));
  for (const auto& set : sets)
    judge(report, set.seal, numbered("seal", set.instance));
  for (auto set = sets.rbegin(); set != sets.rend(); ++set) {
    if (set->message_signature.verdict == Verdict::pass) continue;
    report.oldest_pass = set->instance + 1;
    break;
  }
  return report;
}

}  // namespace mailtool::signing
