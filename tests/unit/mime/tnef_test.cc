#include "mailtool/mime/tnef.h"

#include <gtest/gtest.h>

#include "embedded_files.h"
#include "filtered.h"
#include "mime/code_page.h"
#include "mime/lzfu.h"
#include "tnef_builder.h"

namespace mailtool::mime {
namespace {

using namespace test;
using Kind = EmbeddedKind;

std::string with_nul(std::string_view text) { return std::string(text) + '\0'; }

const RecordedFile* find(const Recorded& told, std::string_view name) {
  for (const auto& recorded : told.files) {
    if (recorded.file.name == name) return &recorded;
  }
  return nullptr;
}

bool malformed(const Recorded& told) {
  return told.defects.has(DefectRule::embedded_file_malformed);
}

std::string picture_attachment(std::string_view octets) {
  return render_data() +
         attribute(2, kTnefAttachTitle, with_nul("PICTUR~1.PNG")) +
         attribute(2, kTnefAttachData, octets) +
         attribute(
             2, kTnefAttachment,
             properties(
                 {property(0x3704, kTnefString8, with_nul("P.PNG")),
                  property(0x3707, kTnefUnicode,
                           utf16("picture of me.png") + utf16(with_nul(""))),
                  property(0x370e, kTnefString8, with_nul("Image/PNG")),
                  property(0x3712, kTnefString8, with_nul("<1@x>"))}));
}

TEST(TnefReader, Attachments) {
  const auto octets = noise(300);
  const auto told = record_every_split<TnefReader>(tnef(
      {attribute(1, 0x00089006, le32(0x00010000)), code_page(1252),
       picture_attachment(octets),
       render_data() + attribute(2, kTnefAttachTitle, with_nul("\xfc.txt")) +
           attribute(2, kTnefAttachData, "text")}));
  ASSERT_EQ(told.files.size(), 2u);
  EXPECT_EQ(told.files[0].file.kind, Kind::attachment);
  EXPECT_EQ(told.files[0].file.name, "picture of me.png");
  EXPECT_EQ(told.files[0].file.media_type, "image/png");
  EXPECT_EQ(told.files[0].file.content_id, "1@x");
  EXPECT_EQ(told.files[0].file.size, octets.size());
  EXPECT_EQ(told.files[0].octets, octets);
  EXPECT_EQ(told.files[1].file.name, "\xc3\xbc.txt");
  EXPECT_EQ(told.files[1].octets, "text");
  ASSERT_EQ(told.messages.size(), 1u);
  EXPECT_EQ(told.messages[0].second.charset, "windows-1252");
  EXPECT_FALSE(malformed(told));
}

TEST(TnefReader, MessageAndBodies) {
  const auto time = le((13'000'000'000ull) * 10'000'000, 8);
  const auto told = record_every_split<TnefReader>(tnef(
      {code_page(1251), attribute(1, kTnefMessageClass, with_nul("IPM.Note")),
       attribute(1, kTnefSubject, with_nul("old subject")),
       attribute(1, kTnefBody, with_nul("\xcf\xf0")),
       attribute(1, kTnefDateReceived,
                 le(2000, 2) + le(2, 2) + le(29, 2) + le(12, 2) + le(34, 2) +
                     le(56, 2) + le(2, 2)),
       attribute(
           1, kTnefProperties,
           properties(
               {fixed_property(0x0039, kTnefTime, time),
                property(0x0037, kTnefUnicode,
                         utf16("\x01\x04"
                               "Re: new subject")),
                // A name of its own, by number and by text.
                le(0x001e, 2) + le(0x8001, 2) + std::string(16, 'g') + le32(0) +
                    le32(7) + le32(1) + le32(3) + padded("abc"),
                le(0x0003, 2) + le(0x8002, 2) + std::string(16, 'g') + le32(1) +
                    le32(6) + padded(utf16("abc")) + le32(42),
                // Several values: two strings, two shorts, and none.
                le(0x101e, 2) + le(0x4000, 2) + le32(2) + le32(1) +
                    padded("a") + le32(5) + padded("bbbbb"),
                le(0x1002, 2) + le(0x4001, 2) + le32(2) + le32(1) + le32(2),
                le(0x0001, 2) + le(0x4002, 2),
                property(0x1013, kTnefBinary, "<p>hello</p>"),
                property(0x1009, kTnefBinary, compressed_rtf()),
                property(0x1035, kTnefString8, with_nul("<id@x.example>")),
                property(0x0c1a, kTnefString8, with_nul("A. Sender")),
                property(0x0c1f, kTnefString8, with_nul("/O=X/CN=A")),
                property(0x5d01, kTnefString8, with_nul("a@x.example"))}))}));
  EXPECT_FALSE(malformed(told));
  ASSERT_EQ(told.files.size(), 3u);
  EXPECT_EQ(told.files[0].file.kind, Kind::body);
  EXPECT_EQ(told.files[0].file.media_type, "text/plain");
  EXPECT_EQ(told.files[0].file.charset, "windows-1251");
  EXPECT_EQ(told.files[0].octets, "\xcf\xf0");
  EXPECT_EQ(told.files[1].file.media_type, "text/html");
  EXPECT_EQ(told.files[1].octets, "<p>hello</p>");
  EXPECT_EQ(told.files[2].file.media_type, "application/rtf");
  EXPECT_EQ(told.files[2].octets, kRtfText);
  ASSERT_EQ(told.messages.size(), 1u);
  const auto& message = told.messages[0].second;
  EXPECT_EQ(message.message_class, "IPM.Note");
  EXPECT_EQ(message.subject, "Re: new subject");
  EXPECT_EQ(message.message_id, "<id@x.example>");
  EXPECT_EQ(message.sender_name, "A. Sender");
  EXPECT_EQ(message.sender_address, "a@x.example");
  EXPECT_EQ(message.sent, 13'000'000'000 - 11'644'473'600);
  EXPECT_EQ(message.received, 951'827'696);
}

TEST(TnefReader, UnicodeBodyLosesItsNul) {
  const auto told = record_every_split<TnefReader>(tnef(
      {attribute(1, kTnefProperties,
                 properties({property(0x1000, kTnefUnicode,
                                      utf16("hi") + utf16(with_nul("")))}))}));
  ASSERT_EQ(told.files.size(), 1u);
  EXPECT_EQ(told.files[0].file.charset, "utf-16le");
  EXPECT_EQ(told.files[0].octets, utf16("hi"));
}

TEST(TnefReader, MessageInAttachment) {
  const auto inner =
      tnef({attribute(1, kTnefSubject, with_nul("inner subject")),
            picture_attachment("png")});
  const auto told = record_every_split<TnefReader>(
      tnef({attribute(1, kTnefSubject, with_nul("outer subject")),
            message_attachment(inner), picture_attachment("other")}));
  ASSERT_EQ(told.files.size(), 3u);
  EXPECT_EQ(told.files[0].file.kind, Kind::message);
  EXPECT_EQ(told.files[0].file.name, "inner");
  EXPECT_EQ(told.files[0].file.media_type, "application/ms-tnef");
  EXPECT_EQ(told.files[1].depth, 1u);
  EXPECT_EQ(told.files[1].octets, "png");
  EXPECT_EQ(told.files[2].depth, 0u);
  EXPECT_EQ(told.files[2].octets, "other");
  ASSERT_EQ(told.messages.size(), 2u);
  EXPECT_EQ(told.messages[0].first, 1u);
  EXPECT_EQ(told.messages[0].second.subject, "inner subject");
  EXPECT_EQ(told.messages[1].first, 0u);
  EXPECT_EQ(told.messages[1].second.subject, "outer subject");
  EXPECT_FALSE(malformed(told));
}

TEST(TnefReader, DeepMessages) {
  auto stream = tnef({picture_attachment("png")});
  for (int i = 0; i < 1000; ++i) stream = tnef({message_attachment(stream)});
  for (const std::size_t chunk :
       {std::size_t{1}, std::size_t{100}, stream.size()}) {
    const auto told = record<TnefReader>(stream, chunk);
    ASSERT_EQ(told.files.size(), kMaxTnefDepth);
    EXPECT_EQ(told.messages.size(), kMaxTnefDepth);
    EXPECT_EQ(told.files.back().file.kind, Kind::attachment);
    EXPECT_EQ(told.files.back().file.media_type, "application/ms-tnef");
    EXPECT_TRUE(told.defects.has(DefectRule::depth_cut_off));
    EXPECT_FALSE(malformed(told));
    // What is handed out as it stands can be read on.
    EXPECT_EQ(record<TnefReader>(told.files.back().octets, 1000).files.size(),
              kMaxTnefDepth);
  }
}

TEST(TnefReader, WrongChecksums) {
  const auto good = tnef({code_page(1252), picture_attachment("octets of it")});
  const auto at = good.find("octets of it");
  for (std::size_t i = at; i < at + 14; ++i) {
    auto bad = good;
    bad[i] = static_cast<char>(bad[i] ^ 1);
    const auto told = record_every_split<TnefReader>(bad);
    ASSERT_EQ(told.files.size(), 1u);
    EXPECT_TRUE(told.files[0].end.malformed);
    EXPECT_EQ(told.files[0].file.name, "picture of me.png");
    EXPECT_TRUE(malformed(told));
  }
}

TEST(TnefReader, CutAnywhere) {
  const auto inner =
      tnef({attribute(1, kTnefBody, "body"), picture_attachment("png")});
  const auto good = tnef({code_page(1252), picture_attachment(noise(20)),
                          message_attachment(inner),
                          attribute(1, kTnefProperties,
                                    properties({property(0x1009, kTnefBinary,
                                                         compressed_rtf())}))});
  ASSERT_FALSE(malformed(record<TnefReader>(good, 7)));
  std::size_t ends = 0;  // of attributes of the outer message
  for (std::size_t size = 0; size < good.size(); ++size) {
    const auto cut = std::string_view(good).substr(0, size);
    const auto told = record<TnefReader>(cut, 1000);
    ASSERT_EQ(record<TnefReader>(cut, 1), told);
    ASSERT_GE(told.messages.size(), 1u);
    if (!malformed(told)) ++ends;
  }
  // Behind the signature, the code page, and 4 and 2 attributes.
  EXPECT_EQ(ends, 8u);
}

TEST(TnefReader, SizesOf4GB) {
  const auto huge = le32(0xffffffff);
  const auto head = le32(0x223e9f78) + le(1, 2);
  const auto list = [](std::uint32_t id, const std::string& data) {
    return attribute(id == kTnefAttachment ? 2 : 1, id, data);
  };
  const std::string streams[] = {
      head + le(1, 1) + le32(kTnefSubject) + huge + "abc",
      head + le(2, 1) + le32(kTnefAttachData) + huge + "abc",
      head + le(1, 1) + le32(kTnefProperties) + huge + huge + "abc",
      head + list(kTnefProperties, huge),
      head +
          list(kTnefProperties, le32(1) + le(0x1e, 2) + le(0x1000, 2) + huge),
      head + list(kTnefProperties, le32(1) + le(0x1e, 2) + le(0x1000, 2) +
                                       le32(1) + huge + "abc"),
      head + list(kTnefProperties, le32(1) + le(0x1e, 2) + le(0x8000, 2) +
                                       std::string(16, 'g') + le32(1) + huge +
                                       "abc"),
      head + list(kTnefProperties,
                  le32(1) + le(0x1003, 2) + le(0x4000, 2) + huge + "abcd"),
      head + list(kTnefProperties, le32(1) + le(0x0fff, 2) + le(1, 2) + huge),
      head + render_data() +
          list(kTnefAttachment, le32(1) + le(kTnefObject, 2) + le(0x3701, 2) +
                                    le32(1) + huge +
                                    message_object(head + "ab")),
      "not TNEF at all",
      head + le(3, 1) + "levels are 1 and 2",
      ""};
  for (const auto& stream : streams) {
    const auto told = record_every_split<TnefReader>(stream);
    EXPECT_TRUE(malformed(told)) << &stream - streams;
  }
}

// 4,294,967,295 values of no octets take none.
TEST(TnefReader, ManyNothings) {
  const auto told = record<TnefReader>(
      tnef({attribute(1, kTnefProperties,
                      le32(2) + le(0x1001, 2) + le(1, 2) + le32(0xffffffff) +
                          property(0x0037, kTnefString8, with_nul("s")))}),
      1000);
  EXPECT_FALSE(malformed(told));
  EXPECT_EQ(told.messages.at(0).second.subject, "s");
}

TEST(TnefReader, ManyAttributes) {
  auto stream = tnef({});
  for (int i = 0; i < 100'000; ++i) {
    stream += attribute(1, kTnefSubject, with_nul("subject"));
  }
  EXPECT_EQ(record<TnefReader>(stream, 4096).messages[0].second.subject,
            "subject");
  stream = tnef({});
  for (int i = 0; i < 100'000; ++i) stream += render_data();
  const auto told = record<TnefReader>(stream, 4096);
  EXPECT_EQ(told.files.size(), kMaxEmbeddedFiles);
  EXPECT_TRUE(told.defects.has(DefectRule::embedded_files_cut_off));
  stream = tnef({attribute(1, kTnefBody, "b")});
  const auto one = message_attachment(tnef({picture_attachment("x")}));
  for (int i = 0; i < 2000; ++i) stream += one;
  EXPECT_EQ(record<TnefReader>(stream, 4096).files.size(), kMaxEmbeddedFiles);
}

TEST(TnefReader, LongTextsAreCut) {
  const auto told = record<TnefReader>(
      tnef({attribute(1, kTnefSubject, std::string(1'000'000, 's')),
            render_data() +
                attribute(2, kTnefAttachTitle, std::string(9999, '\xfc'))}),
      1000);
  EXPECT_EQ(told.messages[0].second.subject.size(), 1000u);
  ASSERT_EQ(told.files.size(), 1u);
  EXPECT_EQ(told.files[0].file.name.size(), 1000u);
}

TEST(TnefReader, DataPropertyWithoutDataAttribute) {
  const auto told = record_every_split<TnefReader>(tnef(
      {render_data() +
       attribute(
           2, kTnefAttachment,
           properties({property(0x3701, kTnefBinary, "octets"),
                       property(0x3707, kTnefString8, with_nul("a.bin"))}))}));
  const auto* file = find(told, "a.bin");
  ASSERT_NE(file, nullptr);
  EXPECT_EQ(file->octets, "octets");
}

TEST(LzfuDecoder, KnownAnswerAndDamage) {
  const auto good = compressed_rtf();
  for (std::size_t chunk = 1; chunk <= good.size(); ++chunk) {
    LzfuDecoder decoder;
    std::string text;
    for (std::size_t i = 0; i < good.size(); i += chunk) {
      decoder.take(std::string_view(good).substr(i, chunk), text);
    }
    EXPECT_EQ(text, kRtfText);
    EXPECT_FALSE(decoder.malformed());
  }
  for (std::size_t i = 0; i < good.size(); ++i) {
    auto bad = good;
    bad[i] = static_cast<char>(bad[i] ^ 4);
    LzfuDecoder changed, cut;
    std::string text;
    changed.take(bad, text);
    EXPECT_TRUE(changed.malformed()) << i;
    cut.take(std::string_view(good).substr(0, i), text);
    EXPECT_TRUE(cut.malformed()) << i;
  }
}

TEST(LzfuDecoder, Plain) {
  LzfuDecoder decoder;
  std::string text;
  decoder.take(le32(12 + 5) + le32(5) + "MELA" + le32(0) + "{rtf}", text);
  EXPECT_EQ(text, "{rtf}");
  EXPECT_FALSE(decoder.malformed());
}

TEST(CodePage, Table) {
  EXPECT_EQ(code_page_charset(0), "");
  EXPECT_EQ(code_page_charset(437), "cp437");
  EXPECT_EQ(code_page_charset(932), "shift_jis");
  EXPECT_EQ(code_page_charset(1258), "windows-1258");
  EXPECT_EQ(code_page_charset(28605), "iso-8859-15");
  EXPECT_EQ(code_page_charset(65001), "utf-8");
}

}  // namespace
}  // namespace mailtool::mime
