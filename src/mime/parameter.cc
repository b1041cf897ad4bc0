#include "mailtool/mime/parameter.h"

#include "parameter_reader.h"

namespace mailtool::mime {

const std::string* ParameterizedValue::find(std::string_view name) const {
  for (const auto& parameter : parameters()) {
    if (parameter.name == name) return &parameter.value;
  }
  return nullptr;
}

void ParameterizedValue::clear() {
  // A hostile field must not hold its memory for good.
  constexpr std::size_t kKept = 64;
  if (pool_.size() > kKept) pool_.resize(kKept);
  value.clear();
  defects = {};
  defective = duplicate = false;
  count_ = 0;
}

Parameter& ParameterizedValue::add() {
  if (count_ == pool_.size()) pool_.emplace_back();
  auto& parameter = pool_[count_++];
  parameter.name.clear();
  parameter.value.clear();
  return parameter;
}

void parse_parameters(std::string_view value, ParameterizedValue& into,
                      ParameterPolicy policy) {
  into.clear();
  if (read_ordinary_parameters(value, into)) return;
  static thread_local CollectedParameters collected;
  collected.clear();
  into.clear();
  ParameterReader(value, policy, collected, into).read();
  finish_parameters(policy, collected, into);
  into.duplicate = into.defects.has(DefectRule::duplicate_parameter);
  into.defective = into.defects.has(DefectRule::malformed_parameter) ||
                   into.defects.has(DefectRule::parameter_gap);
}

ParameterizedValue parse_parameters(std::string_view value,
                                    ParameterPolicy policy) {
  ParameterizedValue read;
  parse_parameters(value, read, policy);
  return read;
}

}  // namespace mailtool::mime
