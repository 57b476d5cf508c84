import type { HttpRequest, HttpResponse, Transport } from '../../src/core/rpc/transport.ts';

export type FakeAnswer = HttpResponse | Error;

/** Answers requests from a list (the last answer stays) and keeps what was asked. */
export function fakeTransport(...answers: (FakeAnswer | ((request: HttpRequest) => FakeAnswer))[]) {
  const requests: HttpRequest[] = [];
  const transport: Transport = {
    async send(request) {
      const answer = answers[Math.min(requests.length, answers.length - 1)]!;
      requests.push(request);
      const given = typeof answer === 'function' ? answer(request) : answer;
      if (given instanceof Error) throw given;
      return given;
    },
    renew() {},
    close() {},
  };
  return { transport, requests };
}

export function answer(status: number, body: object | string, headers: Record<string, string> = {}): HttpResponse {
  const text = typeof body === 'string' ? body : JSON.stringify(body);
  return { status, headers, body: new TextEncoder().encode(text) };
}

export const succeeded = answer(200, { Status: 2, RequestId: 'cc53a4b3-8002-4717-a1d8-208be4492834' });

/** An error as the service words it. */
export function refusal(
  http: number,
  code: string,
  headers: Record<string, string> = {},
  message = 'told by the service',
) {
  return answer(
    http,
    { Code: code, Message: message, RequestId: 'R-1', HostId: 'multimediaai.cn-beijing.aliyuncs.com' },
    headers,
  );
}
