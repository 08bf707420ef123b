import type { AttributeValue, DynamoDBRecord, DynamoDBStreamEvent } from 'aws-lambda';

type Item = Record<string, AttributeValue>;
type EventName = 'INSERT' | 'MODIFY' | 'REMOVE';

const TTL_DELETE = { type: 'Service', principalId: 'dynamodb.amazonaws.com' };

/** An event about invoices in which every event name occurs, a delete by Time to Live too. */
export function invoiceEvent(viewType: string): DynamoDBStreamEvent {
  const changes: readonly [EventName, string, status: string, before?: string][] = [
    ['INSERT', 'INV-1', 'DRAFT'],
    ['INSERT', 'INV-2', 'OPEN'],
    ['MODIFY', 'INV-1', 'OPEN', 'DRAFT'],
    ['MODIFY', 'INV-1', 'PAID', 'OPEN'],
    ['REMOVE', 'INV-2', 'OPEN'],
    ['REMOVE', 'INV-3', 'PAID'],
  ];
  return {
    Records: changes.map(([eventName, id, status, before = status], index): DynamoDBRecord => {
      const keys = keysOf(id);
      const hasNew = eventName !== 'REMOVE' && viewType.startsWith('NEW');
      const hasOld = eventName !== 'INSERT' && viewType.includes('OLD');
      return {
        eventID: (index + 1).toString(16).padStart(32, '0'),
        eventName,
        eventVersion: '1.1',
        eventSource: 'aws:dynamodb',
        awsRegion: 'eu-central-1',
        dynamodb: {
          ApproximateCreationDateTime: 1_767_225_600 + index,
          Keys: keys,
          ...(hasNew && { NewImage: { ...keys, ...attributesOf(status) } }),
          ...(hasOld && { OldImage: { ...keys, ...attributesOf(before) } }),
          SequenceNumber: `40000000000000000000${index + 1}`,
          SizeBytes: 200,
          StreamViewType: viewType as 'NEW_AND_OLD_IMAGES',
        },
        eventSourceARN:
          'arn:aws:dynamodb:eu-central-1:123456789012:table/Invoices/stream/2026-01-01T00:00:00.000',
        ...(id === 'INV-2' && eventName === 'REMOVE' && { userIdentity: TTL_DELETE }),
      };
    }),
  };
}

function keysOf(id: string): Item {
  return { customerId: { S: 'C-7' }, invoiceId: { S: id } };
}

function attributesOf(status: string): Item {
  return {
    status: { S: status },
    total: { N: '120.5' },
    ledgerId: { N: '9007199254740993' },
    exchangeRate: { N: '1.0987654321098765432' },
    signature: { B: 'AQID' },
  };
}
