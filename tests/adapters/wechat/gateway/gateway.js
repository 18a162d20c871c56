// A real wechaty gateway (the gRPC server of wechaty-puppet-service) on loopback, before a WeChat that exists in memory only.
// A second, plain HTTP port is for the test: it speaks as people in WeChat and reads what the bot has sent.
// Environment: GRPC_PORT, CONTROL_PORT, TOKEN, TLS (1 to encrypt).
import http from 'node:http'
import * as wechaty from 'wechaty-puppet'
import { PuppetMock, mock } from 'wechaty-puppet-mock'
import { PuppetServer } from 'wechaty-puppet-service'

const { GRPC_PORT, CONTROL_PORT, TOKEN, TLS } = process.env
const TEXT = wechaty.types.Message.Text
const mocker = new mock.Mocker()
const sent = []
let failure = null
let counter = 0

// As in WeChat, ids hold for one login only.
const newId = kind => `${kind}-${process.pid}-${++counter}`

class Puppet extends PuppetMock {
  async messageSendText (conversationId, text, mentions) {
    if (!this.isLoggedIn) throw new Error('puppet not logged in')
    if (failure && failure.after-- <= 0) throw new Error(failure.reason)
    const id = newId('message')
    sent.push({ id, conversationId, text, mentions: mentions ?? [] })
    return id
  }

  async roomList () { return rooms.map(room => room.id) }

  async roomMemberList (id) { return mocker.roomPayload(id).memberIdList }
}

const puppet = new Puppet({ mocker })

const addPerson = (name, alias = '') => mocker.createContact({
  id: newId('contact'), name, alias, avatar: '', phone: [], friend: true,
  gender: wechaty.types.ContactGender.Unknown, type: wechaty.types.Contact.Individual,
})
const bot = addPerson('闻声')
const people = { 李雯: addPerson('雯雯', '李雯'), 周明: addPerson('老周', '周明'), stranger: addPerson('李雯') }
let rooms = []
const addRoom = topic => {
  const memberIdList = [bot, ...Object.values(people)].map(contact => contact.id)
  rooms.push(mocker.createRoom({ id: newId('room'), topic, memberIdList, ownerId: bot.id, adminIdList: [], avatar: '' }))
}

const say = ({ who, room, text, mentionsBot = false, type = TEXT }) => {
  const id = newId('message')
  mocker.cacheMessagePayload.set(id, {
    id, text, type, talkerId: people[who].id, timestamp: Date.now(), mentionIdList: mentionsBot ? [bot.id] : [],
    ...(room ? { roomId: rooms.find(one => topicOf(one) === room).id } : { listenerId: bot.id }),
  })
  puppet.emit('message', { messageId: id })
}

const topicOf = room => mocker.roomPayload(room.id).topic
const nameOf = id => {
  const room = rooms.find(room => room.id === id)
  return room ? topicOf(room) : Object.keys(people).find(who => people[who].id === id)
}

const logIn = () => { if (!puppet.isLoggedIn) puppet.login(bot.id) }

const controls = {
  '/reset': () => {
    sent.length = 0
    failure = null
    rooms = []
    addRoom('值班总群')
    logIn()
  },
  '/say': say,
  '/sent': () => sent.map(message => ({ ...message, to: nameOf(message.conversationId), mentions: message.mentions.map(nameOf) })),
  '/add-room': ({ topic }) => addRoom(topic),
  '/fail': details => { failure = details },
  '/login': logIn,
  '/logout': () => puppet.logout('kicked'),
}

http.createServer(async (request, response) => {
  const chunks = []
  for await (const chunk of request) chunks.push(chunk)
  const result = await controls[request.url](JSON.parse(Buffer.concat(chunks).toString() || '{}'))
  response.end(JSON.stringify(result ?? null))
}).listen(Number(CONTROL_PORT), '127.0.0.1')

// End with the test, however that ends.
process.stdin.on('end', () => process.exit()).resume()

addRoom('值班总群')
// The client stops and starts the puppet whenever it connects; like a kept session, that logs the account in again.
puppet.on('start', logIn)
await new PuppetServer({ endpoint: `127.0.0.1:${GRPC_PORT}`, token: TOKEN, puppet, tls: { disable: TLS !== '1' } }).start()
console.log('READY')
