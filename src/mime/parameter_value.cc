// What counts of all that was said about a parameter: RFC 2231.
#include <algorithm>

#include "header_text.h"
#include "mailtool/base/ascii.h"
#include "mailtool/base/utf8.h"
#include "mailtool/mime/charset.h"
#include "mailtool/mime/encoded_word.h"
#include "mailtool/mime/header.h"
#include "parameter_reader.h"

namespace mailtool::mime {
namespace {

using enum DefectRule;

int hex_value(char c) {
  if (is_digit(c)) return c - '0';
  const char l = to_lower(c);
  return l >= 'a' && l <= 'f' ? l - 'a' + 10 : -1;
}

// ext-octet = "%" 2(DIGIT / "A" / "B" / "C" / "D" / "E" / "F"). False when a
// "%" stands for itself.
bool append_percent_decoded(std::string_view text, std::string& to) {
  bool legal = true;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const bool room = text[i] == '%' && i + 2 < text.size();
    const int high = room ? hex_value(text[i + 1]) : -1;
    const int low = room ? hex_value(text[i + 2]) : -1;
    if (high >= 0 && low >= 0) {
      to += static_cast<char>(high << 4 | low);
      i += 2;
    } else {
      legal = legal && text[i] != '%';
      to += text[i];
    }
  }
  return legal;
}

bool is_known_charset(std::string_view name) {
  if (!is_charset_name(name)) return false;
  StringSink nowhere(0);
  return CharsetDecoder(name, nowhere).known();
}

// A boundary is compared with the octets of delimiters and stays as it is.
// What no line can hold becomes what no delimiter is.
void make_boundary(std::string& value) {
  constexpr auto is_never = [](char c) {
    return c == '\r' || c == '\n' || c == '\0';
  };
  if (std::none_of(value.begin(), value.end(), is_never)) return;
  std::string kept;
  for (const char c : value) {
    if (is_never(c)) {
      append_utf8(kept, 0xfffd);
    } else {
      kept += c;
    }
  }
  value = std::move(kept);
}

class Finisher {
 public:
  Finisher(ParameterPolicy policy, const CollectedParameters& collected,
           ParameterizedValue& into)
      : policy_(policy), all_(collected), into_(into) {}

  // `sections` in order, those of this parameter only.
  void finish(const CollectedParameter& entry,
              const ParameterSection* sections, std::size_t count) {
    // Nothing but a section without a number.
    if (count == 0 && !entry.plain.present && !entry.extended.present) return;
    auto& parameter = into_.add();
    parameter.name = all_.of(entry.name);
    is_boundary_ = parameter.name == "boundary";
    auto& value = parameter.value;
    const bool from_zero = count > 0 && sections->number == 0;
    if (count > 0 && !from_zero) into_.defects.add(parameter_gap);
    const bool coded = entry.extended.present ||
                       (count > 0 && (from_zero || !entry.plain.present));
    const bool plain =
        entry.plain.present && (policy_.plain_first || !coded);
    if (plain) {
      make_plain(all_.of(entry.plain), value);
    } else if (entry.extended.present) {
      make_extended(entry.extended, value);
    } else {
      join(sections, count, value);
    }
    if (into_.defects.has(parameter_forms_differ)) return;
    compare_forms(entry, sections, count, value);
  }

 private:
  // Whether the forms that do not count say the same as the one that does.
  void compare_forms(const CollectedParameter& entry,
                     const ParameterSection* sections, std::size_t count,
                     std::string_view value) {
    const int forms = (entry.plain.present ? 1 : 0) +
                      (entry.extended.present ? 1 : 0) + (count > 0 ? 1 : 0);
    if (forms < 2) return;
    const auto found = into_.defects;
    const auto differs = [&](auto make) {
      std::string other;
      make(other);
      return other != value;
    };
    const bool differ =
        (entry.plain.present &&
         differs([&](auto& to) { make_plain(all_.of(entry.plain), to); })) ||
        (entry.extended.present &&
         differs([&](auto& to) { make_extended(entry.extended, to); })) ||
        (count > 0 && differs([&](auto& to) { join(sections, count, to); }));
    into_.defects = found;
    if (differ) into_.defects.add(parameter_forms_differ);
  }

  // Raw text, with encoded words where there should be none.
  void make_plain(std::string_view raw, std::string& value) {
    value = raw;
    if (is_boundary_) return make_boundary(value);
    if (plain_length(raw) == raw.size()) return;
    if (raw.find("=?") == raw.npos) {
      raw_to_text(value, 0);
      return;
    }
    value.clear();
    DefectSet found;
    decode_encoded_words(raw, value, &found);
    if (value != raw) into_.defects.add(encoded_word_in_parameter);
    for (const auto rule :
         {control_in_encoded_word, unknown_charset, malformed_charset}) {
      if (found.has(rule)) into_.defects.add(rule);
    }
  }

  // extended-initial-value = [charset] "'" [language] "'" extended-other-values
  //
  // Read though not legal: a known charset with one apostrophe; no charset.
  std::string_view take_charset(std::string_view& value) {
    const auto first = value.find('\'');
    if (first == value.npos) {
      malformed();
      return {};
    }
    const auto charset = value.substr(0, first);
    const auto second = value.find('\'', first + 1);
    if (second != value.npos &&
        (charset.empty() || is_charset_name(charset))) {
      value.remove_prefix(second + 1);
      return charset;
    }
    malformed();
    if (!is_known_charset(charset)) return {};
    value.remove_prefix(first + 1);
    return charset;
  }

  void make_extended(const RawText& raw, std::string& value) {
    // Quotes cannot stand around what is percent-encoded.
    if (raw.quoted) malformed();
    auto text = all_.of(raw);
    const auto charset = take_charset(text);
    if (!append_percent_decoded(text, value)) malformed();
    octets_to_value(charset, value);
  }

  void octets_to_value(std::string_view charset, std::string& value) {
    if (is_boundary_) return make_boundary(value);
    if (plain_length(value) == value.size() &&
        (charset.empty() || iequals(charset, "utf-8"))) {
      return;
    }
    if (charset.empty()) {
      if (raw_to_text(value, 0)) into_.defects.add(control_in_encoded_word);
    } else {
      to_text(value, 0, charset, into_.defects);
    }
  }

  // Sections in order, up to the first gap.
  void join(const ParameterSection* sections, std::size_t count,
            std::string& value) {
    std::string_view charset;
    bool any_extended = false;
    for (std::size_t i = 0; i < count; ++i) {
      const auto& section = sections[i];
      if (i > 0 && section.number == sections[i - 1].number) continue;
      if (section.number != sections[0].number + next_) {
        into_.defects.add(parameter_gap);
        break;
      }
      ++next_;
      auto text = all_.of(section.value);
      any_extended = any_extended || section.extended;
      if (i == 0 && section.extended) charset = take_charset(text);
      if (!section.extended) {
        value += text;
      } else if (!append_percent_decoded(text, value) || section.value.quoted) {
        malformed();
      }
    }
    next_ = 0;
    if (any_extended) return octets_to_value(charset, value);
    static thread_local std::string raw;  // keeps its storage, as `value` does
    raw = value;
    value.clear();
    make_plain(raw, value);
  }

  void malformed() { into_.defects.add(malformed_parameter); }

  ParameterPolicy policy_;
  const CollectedParameters& all_;
  ParameterizedValue& into_;
  bool is_boundary_ = false;
  unsigned next_ = 0;
};

// By parameter and number; of equal numbers the one that counts comes first.
void sort_sections(std::vector<ParameterSection>& sections, bool last_first) {
  std::sort(sections.begin(), sections.end(),
            [last_first](const auto& a, const auto& b) {
              if (a.parameter != b.parameter) return a.parameter < b.parameter;
              if (a.number != b.number) return a.number < b.number;
              return last_first ? a.order > b.order : a.order < b.order;
            });
}

}  // namespace

void finish_parameters(ParameterPolicy policy, CollectedParameters& collected,
                       ParameterizedValue& into) {
  auto& sections = collected.sections;
  sort_sections(sections, policy.last_duplicate);
  for (std::size_t i = 1; i < sections.size(); ++i) {
    if (sections[i].parameter == sections[i - 1].parameter &&
        sections[i].number == sections[i - 1].number) {
      into.defects.add(duplicate_parameter);
    }
  }
  Finisher finisher(policy, collected, into);
  std::size_t at = 0;
  for (std::size_t i = 0; i < collected.parameters.size(); ++i) {
    const auto begin = at;
    while (at < sections.size() && sections[at].parameter == i) ++at;
    finisher.finish(collected.parameters[i], sections.data() + begin,
                    at - begin);
  }
  for (const auto& parameter : into.parameters()) {
    if (parameter.name != "boundary" &&
        has_deceptive_characters(parameter.value)) {
      into.defects.add(deceptive_characters);
    }
  }
}

}  // namespace mailtool::mime
