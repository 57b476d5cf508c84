import { matrix, type Row } from '../support/matrix.ts';
import { ok } from '../support/raw-server.ts';

const unreadable = ['Network.Unreadable', 'transient'] as const;
const latin1 = (text: string) => Buffer.from(text, 'latin1');
const utf16 = (text: string) => Buffer.from(`\ufeff${text}`, 'utf16le');
const nested = (open: string, close: string, depth: number) => open.repeat(depth) + close.repeat(depth);
const fields = (count: number) => Array.from({ length: count }, (_, i) => `"f${i}":1`).join(',');
const row = ([name, body, expected]: readonly [string, string | Uint8Array, Row['expected']]): Row => ({
  name,
  play: ok(body),
  expected,
});

matrix(
  'a JSON body with',
  (
    [
      ['invalid UTF-8 in a text', latin1('{"Status":2,"RequestId":"\xff\xfe"}'), 2],
      ['invalid UTF-8 in a name', latin1('{"Stat\xc3us":2}'), unreadable],
      ['a byte order mark', '\ufeff{"Status":2}', 2],
      ['UTF-16', utf16('{"Status":2}'), unreadable],
      ['a NUL behind it', '{"Status":2}\0', unreadable],
      ['two Status, of which the last counts as in every parser', '{"Status":1,"Status":2}', 2],
      ['a Status as text', '{"Status":"2"}', 2],
      ['a Status as text with more', '{"Status":"2; rm"}', unreadable],
      ['a Status that is empty', '{"Status":""}', unreadable],
      ['a Status of null', '{"Status":null}', unreadable],
      ['a Status of true', '{"Status":true}', unreadable],
      ['a Status in a list', '{"Status":[2]}', unreadable],
      ['a Status in hexadecimal', '{"Status":"0x2"}', unreadable],
      ['a Status of 2.0', '{"Status":2.0}', 2],
      ['a Status of 1e999', '{"Status":1e999}', unreadable],
      ['a Status of 10^30', `{"Status":1${'0'.repeat(30)}}`, unreadable],
      ['a Status of 400,000 digits', `{"Status":"${'2'.repeat(400_000)}"}`, unreadable],
      ['100,000 lists in each other', `{"Status":2,"x":${nested('[', ']', 100_000)}}`, 2],
      ['100,000 objects cut short', '{"x":'.repeat(100_000), unreadable],
      ['names of the prototype', '{"__proto__":{"Status":3},"constructor":3,"Status":2}', 2],
      ['a Status only further in', '{"Data":{"Status":2}}', unreadable],
      ['1,000 fields', `{${fields(999)},"Status":2}`, 2],
      ['1,001 fields, more than any response has', `{${fields(1000)},"Status":2}`, unreadable],
      ['a text instead of an object', '"Status"', unreadable],
      ['a comment', '/* ok */{"Status":2}', unreadable],
      ['NaN', '{"Status":NaN}', unreadable],
    ] as const
  ).map(row),
);

const BOMB = `<!DOCTYPE r [<!ENTITY a "${'2'.repeat(99)}">${Array.from({ length: 9 }, (_, i) => `<!ENTITY a${i} "${'&a;'.repeat(99)}">`).join('')}]>`;

matrix(
  'an XML body with',
  (
    [
      ['a document type', '<!DOCTYPE r SYSTEM "x.dtd"><r><Status>2</Status></r>', unreadable],
      ['a document type in small letters', '<!doctype r><r><Status>2</Status></r>', unreadable],
      [
        'an entity from a file',
        '<!DOCTYPE r [<!ENTITY a SYSTEM "file:///etc/passwd">]><r><Status>&a;</Status></r>',
        unreadable,
      ],
      ['a bomb of entities', `${BOMB}<r><Status>&a8;</Status></r>`, unreadable],
      ['an entity nobody declared', '<r><Status>&two;</Status></r>', unreadable],
      ['a character by its number', '<r><Status>&#50;</Status></r>', 2],
      ['a character by its hexadecimal number', '<r><Status>&#x32;</Status></r>', 2],
      ['CDATA', '<r><Status><![CDATA[2]]></Status></r>', 2],
      ['CDATA without end', '<r><Status><![CDATA[2', unreadable],
      ['comments', '<!-- a --><r><!-- <Status>3</Status> --><Status><!-- b -->2</Status></r>', 2],
      ['a comment without end', '<r><Status>2</Status><!-- ', unreadable],
      ['namespaces', '<n:r xmlns:n="urn:x"><n:Status>2</n:Status></n:r>', 2],
      ['attributes', '<r Status="3"><Status Status="1">2</Status></r>', 2],
      ['a Status only as an attribute', '<r Status="2"/>', unreadable],
      ['no root', '<Status>2</Status><RequestId>r</RequestId>', 2],
      ['two roots', '<r><Status>2</Status></r><r><Status>3</Status></r>', unreadable],
      ['two Status', '<r><Status>2</Status><Status>3</Status></r>', unreadable],
      ['an empty Status', '<r><Status/></r>', unreadable],
      [
        'a byte order mark and a declaration',
        '\ufeff<?xml version="1.0" encoding="UTF-8"?>\n<r><Status>2</Status></r>',
        2,
      ],
      ['a processing instruction', '<?xml-stylesheet href="x"?><r><Status>2</Status></r>', 2],
      ['names of the prototype', '<r><__proto__><Status>3</Status></__proto__><Status>2</Status></r>', unreadable],
      ['elements that cross', '<r><a><Status>2</a></Status></r>', unreadable],
      ['50,000 elements in each other', `<r><Status>2</Status>${nested('<a>', '</a>', 50_000)}</r>`, unreadable],
      ['100,000 elements never closed', '<a>'.repeat(100_000), unreadable],
      [
        '10,000 attributes',
        `<r ${Array.from({ length: 10_000 }, (_, i) => `a${i}="1"`).join(' ')}><Status>2</Status></r>`,
        2,
      ],
      [
        'more than 128 KiB, which would take the parser up to a second',
        `<r>${'<b/>'.repeat(40_000)}<Status>2</Status></r>`,
        unreadable,
      ],
      ['invalid UTF-8', latin1('<r><Status>2</Status><RequestId>\xff</RequestId></r>'), 2],
    ] as const
  ).map(row),
);
