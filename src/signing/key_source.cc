#include "mailtool/signing/key_source.h"

namespace mailtool::signing {

Result<KeyAnswer> CachedKeys::txt(std::string_view name) {
  if (const auto known = answers_.find(name); known != answers_.end())
    return known->second;
  if (temporary_ >= kMaxTemporary) {
    KeyAnswer unasked;
    unasked.kind = KeyAnswer::Kind::temporary;
    unasked.why = "not asked: too many look-ups had failed in a row";
    return unasked;
  }
  auto answer = source_.txt(name);
  if (!answer) return answer;
  const bool failed = answer->kind == KeyAnswer::Kind::temporary;
  temporary_ = failed ? temporary_ + 1 : 0;
  if (answers_.size() == kMaxNames) answers_.clear();
  answers_.emplace(name, *answer);
  return answer;
}

}  // namespace mailtool::signing
