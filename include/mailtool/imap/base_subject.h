/// \file
/// The base subject: what SORT and THREAD compare (RFC 5256 section 2.1).
#pragma once

#include <string>
#include <string_view>

namespace mailtool::imap {

/// `subject`, decoded to UTF-8, without "Re:", "Fwd:", "[list]" and "(fwd)"
/// around it, and with one blank where there are several. Of a subject longer
/// than kMaxSubject octets only so much is looked at. `is_reply`, if given, is
/// set to whether one of "Re:", "Fwd:", "(fwd)" and "[fwd: …]" was there: section
/// 2.1, is it a reply or forward?
[[nodiscard]] std::string base_subject(std::string_view subject,
                                       bool* is_reply = nullptr);

inline constexpr std::size_t kMaxSubject = 1000;

}  // namespace mailtool::imap
