// ParameterReader: a value and what was said about each of its parameters,
// before it is decided what counts.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "lexer.h"
#include "mailtool/mime/parameter.h"

namespace mailtool::mime {

// A text in CollectedParameters::text.
struct RawText {
  std::size_t begin = 0;
  std::size_t length = 0;
  bool present = false;
  bool quoted = false;
};

// All that was said about one parameter but its sections.
struct CollectedParameter {
  std::uint32_t hash = 0;  // of the name
  RawText name;            // lower case
  RawText plain;
  RawText extended;  // name*=
  bool in_sections = false;
};

// name*0*=value: RFC 2231 sections 3 and 4.
struct ParameterSection {
  std::size_t parameter = 0;  // index into CollectedParameters::parameters
  unsigned number = 0;
  std::size_t order = 0;  // in the field
  bool extended = false;  // percent-encoded
  RawText value;
};

// Kept from field to field, so that reading costs no allocation.
struct CollectedParameters {
  std::string text;
  std::vector<CollectedParameter> parameters;
  std::vector<ParameterSection> sections;

  void clear();
  [[nodiscard]] std::string_view of(const RawText& raw) const {
    return std::string_view(text).substr(raw.begin, raw.length);
  }
};

class ParameterReader {
 public:
  ParameterReader(std::string_view text, ParameterPolicy policy,
                  CollectedParameters& collected, ParameterizedValue& into)
      : lexer_(text), policy_(policy), collected_(collected), into_(into) {}

  void read();

 private:
  void read_value();
  bool skip_separators();
  void read_parameter();
  RawText read_parameter_value();
  RawText read_word();
  void take_word();
  void extend_word();
  void keep(std::string_view name, const RawText& value);
  void keep_once(RawText& slot, const RawText& value);
  std::size_t find_or_add(std::string_view name);
  void malformed() { into_.defects.add(DefectRule::malformed_parameter); }

  Lexer lexer_;
  ParameterPolicy policy_;
  CollectedParameters& collected_;
  ParameterizedValue& into_;
  std::size_t seen_ = 0;
  bool separated_ = true;  // a ";" stands before what comes
};

// Reads a value of the ordinary shape, of which all counts as it stands. False
// when it has another; `into` then holds part of it.
bool read_ordinary_parameters(std::string_view value, ParameterizedValue& into);

// Decides what counts of what was collected, and makes text of it.
void finish_parameters(ParameterPolicy policy, CollectedParameters& collected,
                       ParameterizedValue& into);

}  // namespace mailtool::mime
