// HTML and the readable text it becomes.
#pragma once

#include <string_view>

namespace mailtool::mime::test {

struct HtmlCase {
  const char* why;
  std::string_view html;
  std::string_view text;
};

// clang-format off
inline constexpr HtmlCase kHtmlCases[] = {
    {"paragraphs", "<p>one\n two</p><p>three", "one two\n\nthree\n"},
    {"blocks", "<div>a<div>b</div></div>c<section>d", "a\nb\nc\nd\n"},
    {"line break", "a<br>b<BR/>c</br>d", "a\nb\nc\nd\n"},
    {"empty lines", "a<br><br><br><br>b<div>c</div><div><br></div><div>d</div>", "a\n\nb\nc\n\nd\n"},
    {"white space", " a \t\r\n b<b> c</b> <i>d </i> e ", "a b c d e\n"},
    {"no space made up", "a<b>b</b><span>c</span>", "abc\n"},
    {"wide and no-break blanks", "a&nbsp;&nbsp;b\xc2\xa0 \xe2\x80\x83 c&emsp;d", "a b c d\n"},
    {"no width", "a\xc2\xad" "b&shy;c\xe2\x80\x8b" "d&#xfeff;e&zwnj;f\xcd\x8fg", "abcdefg\n"},
    {"joiners between letters", "\xd9\x85\xe2\x80\x8c\xd9\x85 &zwnj;&nbsp;&zwnj; x", "\xd9\x85\xe2\x80\x8c\xd9\x85 x\n"},
    {"NUL", std::string_view("a\0b", 3), "ab\n"},
    // References.
    {"references", "&lt;a&gt; &amp;amp; &euro; &#8364;&#x20ac; &nosuch; &", "<a> &amp; € €€ &nosuch; &\n"},
    {"without a semicolon", "&copy2026 &eacute &ampx &eur &notit; &frac12.", "©2026 é &x &eur ¬it; ½.\n"},
    {"by number without one", "&#233e &#xe9. &#; &#x; &#xg;", "ée é. &#; &#x; &#xg;\n"},
    {"numbers of windows-1252", "&#146;&#x80;&#150;", "’€–\n"},
    {"numbers of no character", "&#x110000;&#0;&#xd800;&#99999999999;", "\ufffd\ufffd\ufffd\ufffd\n"},
    {"HTML 4", "&Alpha;&omega;&hearts;&forall;&lang;&Scaron;&hellip;&thetasym;", "Αω♥∀⟨Š…ϑ\n"},
    {"HTML 5", "&check;&ccaron;&lstrok;&apos;&phone;&NewLine;&num;&Tab;&Zcy;", "✓čł'☎ # З\n"},
    {"too long for one", "&aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa;", "&aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa;\n"},
    // Left out.
    {"script and style", "a<script>x<p>y</scripts></script >b<STYLE type=x>z</Style>c", "abc\n"},
    {"head and title", "<html><head><title>T &amp; <b></title><meta x></head><body>a", "a\n"},
    {"a head never closed", "<head><style>x</style>Hello<p>you", "Hello\n\nyou\n"},
    {"template", "a<template>x<template>y</template>z</template>b", "ab\n"},
    {"closed at once", "a<script src=x />b", "ab\n"},
    {"comment", "a<!-- <p> -- > -->b<!-->c<!--->d<!-- --!>e<!-- ->f --->g", "abcdeg\n"},
    {"conditional comments", "<!--[if mso]>x<![endif]--><![if !mso]>a<![endif]>b", "ab\n"},
    {"declarations", "<!DOCTYPE html \"a\"><?xml v?>a<![CDATA[x]]>b</ x>c</>d", "abcd\n"},
    {"hidden", "<div style=\"display: none !important\">x<div>y</div>z</div>a<p hidden>h<p>b", "a\n\nb\n"},
    {"hidden in other ways", "<span style='color:red;VISIBILITY:hidden'>x</span>a<img hidden alt=x>b<td hidden>c<td>d", "ab\td\n"},
    // Tags.
    {"less than", "1 < 2 <3 <", "1 < 2 <3 <\n"},
    {"quoted >", "<img alt=\"a > b\">c<img alt='\">'>", "a > bc\">\n"},
    {"apostrophes in a tag", "<p don't>a</p><img alt = x'y'>", "a\n\nx'y'\n"},
    {"never closed", "a<b", "a\n"},
    {"quote never closed", "a<b title=\"x>y", "a\n"},
    {"attributes without values", "<img alt>a<img checked alt=b =c>", "ab\n"},
    {"references in attributes", "<img alt='a&amp;b&copy=c&copy;'>", "a&b&copy=c©\n"},
    {"the first of two", "<img alt=a alt=b>", "a\n"},
    // Links.
    {"link", "<a href='https://x.example/'>here</a>.", "here <https://x.example/>.\n"},
    {"link that shows itself", "<a href=\"mailto:a@b.example\">A@b.example</a> <a href='https://x.example/'>x.example</a>", "A@b.example x.example\n"},
    {"link that shows a part of itself", "<a href='https://x.example/bank.example'>bank.example</a>", "bank.example <https://x.example/bank.example>\n"},
    {"script link", "<a href='javascript:x'>here</a><a href='java\nscript:x'>a</a><a href=#x>b</a>", "hereab\n"},
    {"what could hide in a link", "<a href=' ht\ntp://x.example/a b><i> '>here</a>", "here <http://x.example/a%20b%3E%3Ci%3E>\n"},
    {"link around an image", "<a href=http://x.example/><img src=y alt='Our shop'></a> <a href=tel:+1></a>", "Our shop <http://x.example/> <tel:+1>\n"},
    {"link never closed", "<a href=http://x.example/>a<a href=ftp://y.example/>b", "a <http://x.example/>b <ftp://y.example/>\n"},
    {"link in a quote", "<blockquote><a href=http://x.example/>http://x.example</a></blockquote>", "> http://x.example\n"},
    // Lists, quotes, tables.
    {"list", "<ul><li>a</li><li>b</ul>", "- a\n- b\n"},
    {"list with paragraphs", "x<ul><li><p>a</p><p>b</p></li><li>c</ul>y", "x\n\n- a\n\n  b\n\n- c\n\ny\n"},
    {"numbers", "<ol start=9><li>a<li>b<li value=20>c<li>d</ol>", "9. a\n10. b\n20. c\n21. d\n"},
    {"lists in lists", "<ol><li>a<ul><li>b<br>c</ul><li>d</ol>e", "1. a\n  - b\n    c\n2. d\n\ne\n"},
    {"an empty item", "<ol><li><li>b</ol>c", "2. b\n\nc\n"},
    {"item without a list", "<li>a<li>b</ul></ul>c", "- a\n- b\n\nc\n"},
    {"definitions", "<dl><dt>a<dd>b</dl>", "a\nb\n"},
    {"quote", "a<blockquote>b<br>c<blockquote>d</blockquote>e</blockquote>f", "a\n\n> b\n> c\n>\n>> d\n>\n> e\n\nf\n"},
    {"quote closed twice", "<blockquote>a</blockquote></blockquote>b", "> a\n\nb\n"},
    {"table", "<table><tr><th>a<th>b</tr><tr><td>1</td><td></td><td>2</td></tr></table>x", "a\tb\n1\t2\nx\n"},
    {"rule", "a<hr>b", "a\n\n----\n\nb\n"},
    {"quotation", "<q>a</q>", "“a”\n"},
    // Preformatted.
    {"pre", "<pre>a  b\n c</pre>", "a  b\n c\n"},
    {"pre with empty lines", "x<pre>\r\n\n a\n\n\nb&nbsp; c\n</pre>y", "x\n\n\n a\n\n\nb  c\n\ny\n"},
    {"pre in a quote", "<blockquote><pre>a\n\nb</pre></blockquote>", "> a\n>\n> b\n"},
    {"empty", "", ""},
    {"only blanks", " <p> <br>&nbsp;</p>", ""},
};
// clang-format on

}  // namespace mailtool::mime::test
