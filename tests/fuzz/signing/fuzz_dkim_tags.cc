// Tags stand where they are said to stand; no name stands twice; a signature
// that can be used has what a check needs, and is signed without itself.

#include "mailtool/signing/signature.h"
#include "mailtool/signing/tag_list.h"
#include "require.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data,
                                      std::size_t size) {
  using namespace mailtool::signing;
  const auto text = as_text(data, size);
  if (const auto tags = TagList::parse(text)) {
    require(!tags->tags().empty() && tags->tags().size() <= TagList::kMaxTags);
    for (const auto& tag : tags->tags()) {
      require(tag.begin <= tag.end && tag.end <= text.size());
      const auto raw = text.substr(tag.begin, tag.end - tag.begin);
      require(trim_white_space(raw) == tag.value);
      require(tags->find(tag.name) == &tag);
    }
  }
  for (const auto kind : {SignatureKind::dkim, SignatureKind::arc_message,
                          SignatureKind::arc_seal}) {
    Signature read;
    const auto problem = read_signature(text, kind, read);
    if (problem) {
      require(!problem->reason.empty() && problem->verdict != Verdict::pass);
      continue;
    }
    require(!read.domain.empty() && !read.selector.empty());
    require(!read.octets.empty());
    require(kind == SignatureKind::dkim || read.instance > 0);
    if (kind != SignatureKind::arc_seal) {
      require(read.body_hash.size() == 32 && !read.fields.empty());
    }
    // Reading it again finds b= empty, and nothing else changed.
    Signature again;
    const auto emptied = without_signature(text, read);
    require(read_signature(emptied, kind, again).has_value());
    require(again.octets.empty() && again.domain == read.domain);
  }
  return 0;
}
